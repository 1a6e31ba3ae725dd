// The feeds' requests to a gateway: a symbol's position, its prediction and its grid.
import * as v from "valibot";
import { faultText } from "../src/schemas/check.ts";
import { type PredictionAnswer, predictionSchema } from "../src/http/predict-schema.ts";
import { symbolStateSchema } from "../src/http/symbols-schema.ts";
import { describeFailure } from "../requests/describe-failure.ts";
import { describeProblem, GatewayError } from "./gateway-error.ts";
import { readAnswer } from "./read-answer.ts";

const TIMEOUT_MS = 15_000;

/**
 * The part of a symbol's state that a feed continues from: event time of the newest applied tick, and the last price.
 */
const positionSchema = v.pick(symbolStateSchema, ["watermark_ms", "price"]);
export type SymbolPosition = Readonly<v.InferOutput<typeof positionSchema>>;

/** The symbol's position, `undefined` for an unknown symbol. Throws `GatewayError`. */
export async function fetchSymbolPosition(
  baseUrl: string,
  symbol: string,
  readToken?: string,
): Promise<SymbolPosition | undefined> {
  return await getAnswer(`${baseUrl}/symbols/${encodeURIComponent(symbol)}`, positionSchema, readToken);
}

/** A gateway of before symbols had venues names none. */
const venue = v.optional(v.nullable(v.string()), null);
const [closedStep, noStep] = predictionSchema.options;
const anyPredictionSchema = v.union([
  v.object({ ...closedStep.entries, venue }),
  v.object({ ...noStep.entries, venue }),
]);

/** The live prediction, `undefined` for an unknown symbol. Throws `GatewayError`. */
export async function fetchPrediction(
  baseUrl: string,
  symbol: string,
  readToken?: string,
): Promise<PredictionAnswer | undefined> {
  return await getAnswer(`${baseUrl}/predict?symbol=${encodeURIComponent(symbol)}`, anyPredictionSchema, readToken);
}

const gridSchema = v.object({ step_ms: v.optional(v.number()) });

/**
 * Grid step in ms of the symbol; of new symbols where none is given, where the gateway does not have it, and where the
 * token does not open it.
 * @throws GatewayError `unreachable` when nothing answers; another when the gateway does not tell it.
 */
export async function fetchStepMs(baseUrl: string, symbol?: string, readToken?: string): Promise<number> {
  let closed: GatewayError | undefined;
  if (symbol !== undefined) {
    try {
      const known = await getAnswer(`${baseUrl}/symbols/${encodeURIComponent(symbol)}`, gridSchema, readToken);
      if (known?.step_ms !== undefined) return known.step_ms;
    } catch (error) {
      if (!(error instanceof GatewayError) || !error.isClosed) throw error;
      closed = error;
    }
  }
  const ofNew = (await getAnswer(`${baseUrl}/version`, gridSchema, readToken))?.step_ms;
  if (ofNew !== undefined) return ofNew;
  throw closed ?? new GatewayError("refused", 0, `${baseUrl}/version: has no step_ms`);
}

/** What a request that reads bears, where the gateway asks for a token. */
export function readHeaders(readToken: string | undefined): Record<string, string> {
  return readToken === undefined ? {} : { Authorization: `Bearer ${readToken}` };
}

/** `undefined` on 404. */
async function getAnswer<S extends v.GenericSchema>(
  url: string,
  schema: S,
  readToken: string | undefined,
): Promise<v.InferOutput<S> | undefined> {
  let status = 0;
  let text = "";
  try {
    const response = await fetch(url, { headers: readHeaders(readToken), signal: AbortSignal.timeout(TIMEOUT_MS) });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new GatewayError("unreachable", 0, `${url}: ${describeFailure(error)}`, error);
  }
  if (status === 404) return undefined;
  const code = status === 429 || status >= 500 ? "unavailable" : "refused";
  if (status !== 200) throw new GatewayError(code, status, `${url}: ${describeProblem(status, text)}`);
  const read = readAnswer(schema, text);
  if (read.ok) return read.value;
  throw new GatewayError("refused", status, `${url}: ${describeProblem(status, text)}: ${faultText(read.fault)}`);
}
