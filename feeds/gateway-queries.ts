// What the feeds ask a gateway: where a symbol stands and what is predicted, parsed where it comes in.
import { parseTsMs } from "../src/features/tick.ts";
import { describeFailure } from "../requests/describe-failure.ts";
import { describeProblem, GatewayError } from "./gateway-error.ts";

const TIMEOUT_MS = 15_000;

/** Where a symbol stands: enough to go on from. */
export interface SymbolPosition {
  /** Event time of the newest applied tick in ms, `NaN` before the first. */
  readonly watermarkMs: number;
  /** Last price, `NaN` when none is known. */
  readonly price: number;
}

/** A live prediction; numbers that the gateway does not have (yet) are `NaN`, texts are empty. */
export interface LivePrediction {
  readonly symbol: string;
  readonly tsMs: number;
  readonly probability: number;
  readonly threshold: number;
  readonly alert: boolean;
  readonly tauBps: number;
  readonly sigmaBps: number;
  readonly model: string;
  readonly warmingUp: boolean;
  readonly missing: readonly string[];
}

/** The symbol's position, `undefined` when the gateway does not know the symbol. Throws `GatewayError`. */
export async function fetchSymbolPosition(baseUrl: string, symbol: string): Promise<SymbolPosition | undefined> {
  const state = await getJson(`${baseUrl}/symbols/${encodeURIComponent(symbol)}`);
  return state && { watermarkMs: timeOf(state["watermark_ms"]), price: numberOf(state["price"]) };
}

/** The live prediction, `undefined` when the gateway does not know the symbol. Throws `GatewayError`. */
export async function fetchPrediction(baseUrl: string, symbol: string): Promise<LivePrediction | undefined> {
  const body = await getJson(`${baseUrl}/predict?symbol=${encodeURIComponent(symbol)}`);
  return body && parsePrediction(body, symbol);
}

function parsePrediction(body: Readonly<Record<string, unknown>>, symbol: string): LivePrediction {
  const { missing } = body;
  return {
    symbol,
    tsMs: timeOf(body["ts"]),
    probability: numberOf(body["probability"]),
    threshold: numberOf(body["threshold"]),
    alert: body["alert"] === true,
    tauBps: numberOf(body["tau_bps"]),
    sigmaBps: numberOf(body["sigma_bps"]),
    model: modelName(body["model"]),
    warmingUp: body["warming_up"] === true,
    missing: Array.isArray(missing) ? missing.map(String) : [],
  };
}

/** `GET` of a JSON object; `undefined` on 404. */
async function getJson(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let status = 0;
  let text = "";
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new GatewayError("unreachable", 0, `${url}: ${describeFailure(error)}`, error);
  }
  if (status === 404) return undefined;
  const code = status === 429 || status >= 500 ? "unavailable" : "refused";
  if (status !== 200) throw new GatewayError(code, status, `${url}: ${describeProblem(status, text)}`);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body as Readonly<Record<string, unknown>>;
  } catch {
    // Reported below like any other answer that is no object.
  }
  throw new GatewayError("refused", status, `${url}: expected a JSON object, got ${describeProblem(status, text)}`);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : NaN;
}

function timeOf(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? parseTsMs(value) : NaN;
}

/** `name version` of `{name, version}`, or the text itself. */
function modelName(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  const { name, version } = value as Readonly<Record<string, unknown>>;
  return [name, version].filter((part) => typeof part === "string").join(" ");
}
