// Valid requests of every route: the examples of its contract.
import type { Contract } from "../../src/http/contract.ts";
import { CONTRACTS } from "../../src/http/contracts.ts";

/** A request as the fuzzer keeps it: JSON, so that an input can be read and sent again. */
export interface SentRequest {
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text; absent without a body. */
  readonly body?: string;
  /** Base64, in place of `body`. */
  readonly bytes?: string;
}

export interface RouteSample {
  readonly contract: Contract;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the fuzzed gateway has, where the example names something that it has not. */
const KNOWN: Readonly<Record<string, string>> = { symbol: "BTC-USD", id: "1", version: "1", venue: "kraken" };

/** Every route but the sockets, which have targets of their own. */
export const ROUTES: readonly RouteSample[] = CONTRACTS.filter(({ answer }) => answer.status !== 101).map(sampleOf);

function sampleOf(contract: Contract): RouteSample {
  const { parameterExamples = {} } = contract;
  const of = (part: Contract["params"]): Record<string, string> =>
    Object.fromEntries(
      Object.keys(part?.entries ?? {}).map((name) => [name, parameterExamples[name] ?? KNOWN[name] ?? "1"]),
    );
  const params = Object.fromEntries(
    [...contract.path.matchAll(/:(\w+)/g)].map(([, name]) => [name!, parameterExamples[name!] ?? KNOWN[name!] ?? "1"]),
  );
  return { contract, params, query: of(contract.query), headers: of(contract.headers) };
}
