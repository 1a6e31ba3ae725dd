// GET /predict and POST /predict {symbols}: the live prediction, kept per isolate for at most 250 ms.
import { type Context, Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { agePrediction } from "../model/aged-prediction.ts";
import type { Prediction } from "../durable/symbol/prediction.ts";
import { predictionLatency, predictions } from "../counting/isolate-counters.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf, Immutable } from "./contract.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { predictionCache } from "./prediction-cache.ts";
import { Problem } from "./problem.ts";
import {
  type PredictionAnswer,
  type PredictionsAnswer,
  predictContract,
  predictLegacyContract,
  predictManyContract,
} from "./predict-schema.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import type { Row } from "./rows-schema.ts";
import { shapeRecalibration } from "./recalibration-shape.ts";
import { scoreLegacyRow, scoreRows } from "./rows.ts";
import { unknownSymbol } from "./unknown-symbol.ts";
import { splitKey, symbolKey } from "../features/symbol-name.ts";
import { askSymbol, causeOf } from "../clients/symbols.ts";
import { logError } from "../log.ts";
import { settingsOf } from "../settings.ts";
import type { ByLevel } from "./volatility-schema.ts";
import { byLevel } from "./volatility-shape.ts";
import { unavailableCode } from "./unavailable-code.ts";

export const predict = new Hono<AppEnv>()
  .get(predictContract.path, async (c) => {
    const startMs = Date.now();
    const { symbol, venue, ...asked } = (await readRequest(c, predictContract)).query;
    const grid = askedGrid(c.env, asked);
    const key = symbolKey(symbol, venue);
    if (key === undefined) {
      throw new Problem("venue_malformed", `venue: got ${String(venue)}, expected the venue in the symbol ${symbol}`);
    }
    const prediction = await livePrediction(c, key, grid);
    if (prediction === "unknown") throw unknownSymbol(key);
    if (prediction === null) throw gridOfOthers(symbol, grid);
    predictionLatency.observe({}, (Date.now() - startMs) / 1000);
    return sendAnswer(c, predictContract, shape(c.env, { name: symbol, key }, prediction), {
      headers: { "Cache-Control": "no-store" },
    });
  })
  .post(predictManyContract.path, async (c) => {
    const startMs = Date.now();
    const { symbols, rows, ...asked } = (await readRequest(c, predictManyContract)).body;
    const answer = await predictEither(c, symbols, rows, askedGrid(c.env, asked));
    predictionLatency.observe({}, (Date.now() - startMs) / 1000);
    return sendAnswer(c, predictManyContract, answer);
  })
  .post(predictLegacyContract.path, async (c) => {
    const startMs = Date.now();
    const { features } = (await readRequest(c, predictLegacyContract)).body;
    const answer = await scoreLegacyRow(c, features);
    predictionLatency.observe({}, (Date.now() - startMs) / 1000);
    return sendAnswer(c, predictLegacyContract, answer);
  });

async function predictEither(
  c: Context<AppEnv>,
  symbols: readonly string[] | undefined,
  rows: readonly Row[] | undefined,
  grid: string | undefined,
): Promise<AnswerOf<typeof predictManyContract>> {
  if (symbols !== undefined && rows === undefined) return await predictSymbols(c, symbols, grid);
  if (rows !== undefined && symbols === undefined) return await scoreRows(c, rows);
  const got = symbols === undefined ? "neither" : "both";
  throw new Problem("symbols_or_rows", `body: got ${got} of symbols and rows, expected exactly one`);
}

async function predictSymbols(
  c: Context<AppEnv>,
  symbols: readonly string[],
  grid: string | undefined,
): Promise<Immutable<PredictionsAnswer>> {
  const found = symbols.map(async (symbol) => {
    const key = symbolKey(symbol) ?? symbol;
    try {
      const prediction = await livePrediction(c, key, grid);
      if (prediction === null) return { symbol, code: "unknown_grid" as const, error: gridOfOthers(key, grid).message };
      if (prediction !== "unknown") return shape(c.env, { name: symbol, key }, prediction);
      return { symbol, code: "unknown_symbol" as const, error: unknownSymbol(key).message };
    } catch (error) {
      const code = unavailableCode(error);
      if (code === undefined || code === "object_timeout") throw error;
      logError(code, { symbol, request_id: c.get("requestId"), error: causeOf(error) });
      return { symbol, code, error: (error as Error).message };
    }
  });
  return { predictions: await Promise.all(found) };
}

/** See `SymbolObject.predict`. */
async function livePrediction(
  c: Context<AppEnv>,
  symbol: string,
  grid: string | undefined,
): Promise<Prediction | null | undefined | "unknown"> {
  if (!(await symbolExists(c.env, symbol))) return "unknown";
  return await predictionCache.get(symbol, () => askSymbol(c.env, symbol, (stub) => stub.predict(grid)), grid);
}

interface AskedSymbol {
  /** As the request spelled it. */
  readonly name: string;
  readonly key: string;
}

/** The answer's JSON, as of now. */
function shape(
  env: AppEnv["Bindings"],
  { name, key }: AskedSymbol,
  latest: Prediction | undefined,
): Immutable<PredictionAnswer> {
  const names = { symbol: name, venue: splitKey(key).venue ?? null };
  if (latest === undefined) {
    return { ...names, probability: null, warming_up: true, missing: ["steps: none is closed yet"] };
  }
  const prediction = agePrediction(latest, Date.now());
  const { probability, model, tooSparse } = prediction;
  if (probability !== null && model !== null) {
    predictions.inc({ model_version: model.version, prediction: prediction.alert === true ? "1" : "0" });
  }
  return {
    prediction_id: prediction.predictionId,
    ...names,
    ts: prediction.tsMs,
    horizon_s: prediction.horizonMs / 1000,
    probability,
    probability_raw: prediction.probabilityRaw,
    recalibration: shapeRecalibration(prediction.recalibration),
    threshold: prediction.threshold,
    threshold_source: prediction.thresholdSource,
    goal: prediction.goal,
    alert: prediction.alert,
    sigma_bps: prediction.sigmaBps,
    ...sigmaQuantiles(env, prediction),
    tau_bps: prediction.tauBps,
    model,
    variant: prediction.variant,
    stand_in: prediction.standIn,
    baselines: prediction.baselines,
    age_ms: prediction.ageMs,
    stale: prediction.stale,
    expired: prediction.expired,
    warming_up: prediction.warmingUp,
    warm: prediction.warm,
    ...(probability === null ? { missing: prediction.missing } : {}),
    ...(tooSparse === null
      ? prediction.isFlat
        ? { code: "flat_threshold" }
        : {}
      : {
          code: "too_sparse",
          observed_share: tooSparse.observedShare,
          smallest_step_s: tooSparse.smallestStepMs / 1000,
        }),
  };
}

function sigmaQuantiles(
  env: AppEnv["Bindings"],
  { sigmaQuantilesBps: quantiles, sigmaQuantilesMissing: missing }: Prediction,
): { sigma_quantiles_bps: ByLevel | null; sigma_quantiles_missing?: string } {
  if (!settingsOf(env).servesSigmaQuantiles) {
    return { sigma_quantiles_bps: null, sigma_quantiles_missing: "SIGMA_QUANTILES is off" };
  }
  if (quantiles !== null) return { sigma_quantiles_bps: byLevel(quantiles) };
  return { sigma_quantiles_bps: null, ...(missing === null ? {} : { sigma_quantiles_missing: missing }) };
}
