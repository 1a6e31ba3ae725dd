// GET /predict and POST /predict {symbols}: the live prediction, kept per isolate for at most 250 ms.
import { type Context, Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import type { Prediction } from "../durable/symbol/prediction.ts";
import { parseSymbol } from "../features/tick.ts";
import { predictionLatency, predictions } from "../scrape/isolate-metrics.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { scoreRows } from "./rows.ts";
import { shown } from "../shown.ts";
import { symbolOf } from "../clients/symbols.ts";

const CACHE_MS = 250;
const MAX_CACHED = 4096;
/** Symbols of one POST at most. */
const MAX_SYMBOLS = 100;

/** Values only: a promise of another request's read must not be shared. */
const cache = new Map<string, { readonly prediction: Prediction | undefined; readonly atMs: number }>();

export const predict = new Hono<AppEnv>()
  .get("/predict", async (c) => {
    const startMs = Date.now();
    const symbol = readSymbol(c.req.query("symbol"));
    const prediction = await livePrediction(c, symbol);
    if (prediction === "unknown") throw unknownSymbol(symbol);
    predictionLatency.observe((Date.now() - startMs) / 1000);
    return c.json(shape(symbol, prediction), 200, { "Cache-Control": "no-store" });
  })
  .post("/predict", async (c) => {
    const startMs = Date.now();
    const body = await readJson(c.req.raw);
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      throw new Problem(400, "body_malformed", "body: expected an object with `symbols` or `rows`");
    }
    const { symbols, rows } = body as { symbols?: unknown; rows?: unknown };
    if ((symbols === undefined) === (rows === undefined)) {
      const got = symbols === undefined ? "neither" : "both";
      throw new Problem(400, "symbols_or_rows", `body: got ${got} of symbols and rows, expected exactly one`);
    }
    const answer = rows === undefined ? await predictSymbols(c, symbols) : await scoreRows(c, rows);
    predictionLatency.observe((Date.now() - startMs) / 1000);
    return c.json(answer);
  });

async function predictSymbols(c: Context<AppEnv>, symbols: unknown): Promise<unknown> {
  if (!Array.isArray(symbols) || symbols.length > MAX_SYMBOLS) {
    const got = Array.isArray(symbols) ? `${symbols.length} symbols` : typeof symbols;
    throw new Problem(400, "symbols_malformed", `symbols: got ${got}, expected a list of at most ${MAX_SYMBOLS}`);
  }
  const names = symbols.map(readSymbol);
  const found = await Promise.all(
    names.map(async (symbol) => {
      const prediction = await livePrediction(c, symbol);
      if (prediction !== "unknown") return shape(symbol, prediction);
      const { code, message } = unknownSymbol(symbol);
      return { symbol, code, error: message };
    }),
  );
  return { predictions: found };
}

/** `undefined` for a symbol that exists and has closed no step. */
async function livePrediction(c: Context<AppEnv>, symbol: string): Promise<Prediction | undefined | "unknown"> {
  const nowMs = Date.now();
  const cached = cache.get(symbol);
  if (cached !== undefined && nowMs - cached.atMs < CACHE_MS) return cached.prediction;
  if (!(await symbolExists(c.env, symbol))) return "unknown";
  const prediction = await symbolOf(c.env, symbol).predict();
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(symbol, { prediction, atMs: Date.now() });
  return prediction;
}

/** The answer's JSON. `age_ms` is the event-time age of the row at the moment of the answer. */
function shape(symbol: string, prediction: Prediction | undefined): Record<string, unknown> {
  if (prediction === undefined) {
    return { symbol, probability: null, warming_up: true, missing: ["steps: none is closed yet"] };
  }
  const { probability, model, tooSparse } = prediction;
  if (probability !== null && model !== null) {
    predictions.inc({ model_version: model.version, prediction: prediction.alert === true ? "1" : "0" });
  }
  return {
    prediction_id: prediction.predictionId,
    symbol,
    ts: prediction.tsMs,
    horizon_s: prediction.horizonMs / 1000,
    probability,
    threshold: prediction.threshold,
    alert: prediction.alert,
    sigma_bps: prediction.sigmaBps,
    tau_bps: prediction.tauBps,
    model,
    variant: prediction.variant,
    baselines: prediction.baselines,
    age_ms: Date.now() - prediction.tsMs,
    stale: prediction.stale,
    warming_up: prediction.warmingUp,
    ...(probability === null ? { missing: prediction.missing } : {}),
    ...(tooSparse === null
      ? {}
      : {
          code: "too_sparse",
          observed_share: tooSparse.observedShare,
          smallest_step_s: tooSparse.smallestStepMs / 1000,
        }),
  };
}

/** A symbol from a request. Throws `Problem` 400. */
export function readSymbol(value: unknown): string {
  const symbol = parseSymbol(value);
  if (symbol !== undefined) return symbol;
  const expected = "a match of [A-Z0-9][A-Z0-9._:-]{0,31}";
  throw new Problem(400, "symbol_malformed", `symbol: got ${shown(value)}, expected ${expected}`);
}

export function unknownSymbol(symbol: string): Problem {
  return new Problem(404, "unknown_symbol", `symbol: got ${symbol}, which has received no tick`);
}
