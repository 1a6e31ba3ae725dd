// The undisturbed gateway: it is given what was acknowledged, in order and once, and both are compared.
import { isDeepStrictEqual } from "node:util";
import { postBatch } from "./http-producers.ts";
import type { SentBatch, SentLog } from "./sent-log.ts";
import { accountOf, FURTHER_BATCHES, hasScores, knownTicks, type SymbolAccount } from "./symbol-account.ts";

const TWIN_BATCH_TICKS = 1_000;
/** It has no trouble but that of a busy machine. */
const TWIN_WITHIN_MS = 120_000;

export interface Comparison {
  /** Acknowledged ticks that the gateway does not know. */
  readonly lost: number;
  /** Ticks that it applied more than once, or never got. */
  readonly doubled: number;
  /** What differs, in sentences. */
  readonly differences: readonly string[];
}

export interface CompareOptions {
  /** Address of the gateway that was disturbed. */
  readonly url: string;
  /** Address of the undisturbed one, which does not know the symbol yet. */
  readonly twinUrl: string;
  /** Acknowledged batches that the fault may cost, when the gateway says so: they are not given to the twin. */
  readonly forfeited: ReadonlySet<SentBatch>;
  /** Parts of the account that the fault may change, when the gateway says so. */
  readonly excused: ReadonlySet<string>;
}

export async function compareWithTwin(log: SentLog, options: CompareOptions): Promise<Comparison> {
  const { url, twinUrl, forfeited, excused } = options;
  const kept = log.acknowledged.filter((batch) => !forfeited.has(batch));
  for (const batch of fewer(kept)) {
    const answer = await postBatch(twinUrl, batch, { withinMs: TWIN_WITHIN_MS });
    if (answer?.status !== 200) {
      throw new Error(
        `the undisturbed gateway answered ${answer?.status ?? "nothing"} ${JSON.stringify(answer?.body)}`,
      );
    }
  }
  const further = Array.from({ length: FURTHER_BATCHES }, () => log.next());
  const accounts = [url, twinUrl].map((from) => accountOf(from, log.symbol, further));
  const [there, twin] = (await Promise.all(accounts)) as [SymbolAccount, SymbolAccount];
  return { ...tally(there, twin), differences: differencesOf(log.symbol, there, twin, excused) };
}

/** How ticks in order are parted into batches must not matter. */
function fewer(batches: readonly SentBatch[]): Pick<SentBatch, "ticks">[] {
  const ticks = batches.flatMap((batch) => batch.ticks);
  const starts = Array.from({ length: Math.ceil(ticks.length / TWIN_BATCH_TICKS) }, (_, i) => i * TWIN_BATCH_TICKS);
  return starts.map((from) => ({ ticks: ticks.slice(from, from + TWIN_BATCH_TICKS) }));
}

/** Exported for its test. */
export function tally(there: SymbolAccount, twin: SymbolAccount): { readonly lost: number; readonly doubled: number } {
  const [known, expected] = [knownTicks(there), knownTicks(twin)];
  // What is applied twice is found as a duplicate or as late, unless it is accepted again.
  const again = (of: SymbolAccount): number => of.counts.duplicate + of.counts.late;
  const fresh = (of: SymbolAccount): number => knownTicks(of) - again(of);
  return {
    lost: Math.max(0, fresh(twin) - fresh(there)),
    doubled: Math.max(0, known - expected, again(there) - again(twin)),
  };
}

/** Parts that differ, in sentences. Exported for its test. */
export function differencesOf(
  symbol: string,
  there: SymbolAccount,
  twin: SymbolAccount,
  excused: ReadonlySet<string>,
): string[] {
  const names = Object.keys(twin.parts).filter((name) => !excused.has(name));
  const found = names
    .filter((name) => !isDeepStrictEqual(there.parts[name], twin.parts[name]))
    .map(
      (name) =>
        `${symbol}: ${name} differs from the undisturbed gateway${firstDifference(there.parts[name], twin.parts[name])}`,
    );
  return hasScores(twin)
    ? found
    : [...found, `${symbol}: the undisturbed gateway has no score, so that nothing is shown`];
}

/** `: at PATH got A, expected B`, for the first value that differs. */
function firstDifference(got: unknown, expected: unknown, path = ""): string {
  const isOpen = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (!isOpen(got) || !isOpen(expected)) {
    const shown = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 80);
    return `: at ${path} got ${shown(got)}, expected ${shown(expected)}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    if (!isDeepStrictEqual(got[key], expected[key])) return firstDifference(got[key], expected[key], `${path}/${key}`);
  }
  return "";
}
