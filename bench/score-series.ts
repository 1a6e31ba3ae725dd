// Real series of scores for the benchmarks of what learns from labels: models fitted on one year of bars, and on the
// usual simulated market, each scored on what came after. Made once and kept in `dist/score-series`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { exp } from "../src/features/exact-math.ts";
import { REGIME_CHANGE } from "../simulator/simulated-dynamics.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import type { Candidate } from "../trainer/candidates/candidate.ts";
import { gbdt } from "../trainer/candidates/gbdt.ts";
import { har } from "../trainer/candidates/har.ts";
import { logistic } from "../trainer/candidates/logistic.ts";
import { persistence } from "../trainer/candidates/persistence.ts";
import { recent } from "../trainer/candidates/recent.ts";
import { fitModel } from "../trainer/fit/fit-model.ts";
import { innerFolds } from "../trainer/folds/inner-folds.ts";
import { allRows, purgedSplit } from "../trainer/folds/split.ts";
import { buildDataset, type Dataset } from "../trainer/rows/dataset.ts";
import { readRecordings } from "../trainer/rows/read-recordings.ts";
import { parseConfig } from "../trainer/run/config.ts";
import { applyModel } from "../trainer/score/apply-model.ts";
import { scoresOfRows } from "../trainer/score/scores-of-rows.ts";
import { FORECASTERS } from "../trainer/volatility/choose-forecaster.ts";

const BARS = resolve(import.meta.dirname, "..", "..", "shared", "data", "bitmex-1m");
const KEPT = resolve(import.meta.dirname, "..", "dist", "score-series");
const DAY_MS = 86_400_000;
const USUAL_FROM_MS = Date.UTC(2026, 0, 5);
/** Days of the usual market that the models are fitted on, and of both markets that are scored. */
const FITTED_DAYS = 3;
const USUAL_DAYS = 2;
const CHANGED_DAYS = 5;

/** Rows in order of time with each model's probability: those of steps whose label was decided. */
export interface ScoreSeries {
  readonly stepMs: number;
  readonly horizonSteps: number;
  /** Grid index of the row's step. */
  readonly step: Float64Array;
  /** 1 spike, 0 calm. */
  readonly label: Float64Array;
  /** τ as a fraction, and the horizon's realised volatility over it. */
  readonly tau: Float64Array;
  readonly ratio: Float64Array;
  /** Probability as a gateway gets it: float32. */
  readonly probability: Readonly<Record<string, Float64Array>>;
  /** Forecast of the horizon's volatility over τ. */
  readonly forecast: Readonly<Record<string, Float64Array>>;
  /** For `regime`: time at which the market changed, ms; else 0. */
  readonly changeMs: number;
}

export type SeriesName = "bars" | "regime";

/**
 * `bars`: persistence, recent, har, logistic and gbdt of 2018 on BitMEX's bars of one minute of 2019; `undefined` where
 * ../shared is not there. `regime`: persistence, recent, har and logistic of three simulated days, on two more of the
 * same market and on five after its change (`REGIME_CHANGE`). The first call takes minutes.
 */
export async function scoreSeries(name: SeriesName): Promise<ScoreSeries | undefined> {
  const file = join(KEPT, `${name}.bin`);
  if (existsSync(file)) return decode(new Uint8Array(readFileSync(file)));
  if (name === "bars" && !existsSync(BARS)) return undefined;
  const series = name === "bars" ? await ofBars() : ofRegime();
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(file, encode(series));
  return series;
}

async function ofBars(): Promise<ScoreSeries> {
  const label = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440,"minCount":900}';
  const { engine } = parseConfig({ step: "60s", label });
  const files = ["XBTUSD_1m_2018.csv.gz", "XBTUSD_1m_2019.csv.gz"].map((file) => join(BARS, file));
  const { data } = await readRecordings({ files, symbol: undefined, engine, persist: ".wrangler/state" });
  return seriesOf(data, Date.UTC(2019, 0, 1), [persistence, recent, har, logistic, gbdt], 0);
}

function ofRegime(): ScoreSeries {
  const testMs = USUAL_FROM_MS + FITTED_DAYS * DAY_MS;
  const changeMs = testMs + USUAL_DAYS * DAY_MS;
  const toMs = changeMs + CHANGED_DAYS * DAY_MS;
  const dynamics = [{ fromMs: changeMs, dynamics: REGIME_CHANGE }];
  const ticks = simulateTicks({ seed: 1, symbol: "BTC-USD", fromMs: USUAL_FROM_MS, toMs, dynamics });
  return seriesOf(buildDataset([...ticks]), testMs, [persistence, recent, har, logistic], changeMs);
}

function seriesOf(data: Dataset, testMs: number, candidates: readonly Candidate[], changeMs: number): ScoreSeries {
  const { train, test } = purgedSplit(data, allRows(data), testMs);
  const folds = innerFolds(data, train);
  const imbalance = { spikeWeight: 1, calmShare: 1 } as const;
  const context = { data, row: "default-2", seed: 1, threads: 1, imbalance } as const;
  const policy = { calibration: "auto", goal: { kind: "f1" } } as const;
  const probability: Record<string, Float64Array> = {};
  for (const candidate of candidates) {
    const startedMs = performance.now();
    const model = fitModel(candidate, context, policy, train, folds);
    if ("refused" in model) throw new Error(`${candidate.family}: ${model.refused}`);
    probability[candidate.family] = applyModel(model, data, test).map(Math.fround);
    console.error(`score series: ${candidate.family} in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  }
  const forecast: Record<string, Float64Array> = {};
  for (const forecaster of FORECASTERS) {
    forecast[forecaster.name] = scoresOfRows(data, test, forecaster.fit(context, train)).map(exp);
    console.error(`score series: forecast ${forecaster.name}`);
  }
  const column = (values: ArrayLike<number>): Float64Array => Float64Array.from(test, (k) => values[k]!);
  const { step, label, tau, ratio } = data.rows;
  return {
    ...{ stepMs: data.config.grid.stepMs, horizonSteps: data.config.label.horizonSteps, changeMs },
    ...{ step: column(step), label: column(label), tau: column(tau), ratio: column(ratio) },
    ...{ probability, forecast },
  };
}

const COLUMNS = ["step", "label", "tau", "ratio"] as const;

function encode(series: ScoreSeries): Uint8Array {
  const { stepMs, horizonSteps, changeMs, probability, forecast } = series;
  const names = { probability: Object.keys(probability), forecast: Object.keys(forecast) };
  const head = JSON.stringify({ stepMs, horizonSteps, changeMs, rows: series.step.length, ...names });
  const columns = [...COLUMNS.map((name) => series[name]), ...Object.values(probability), ...Object.values(forecast)];
  return Buffer.concat([Buffer.from(head.padEnd(1024)), ...columns.map(({ buffer }) => new Uint8Array(buffer))]);
}

function decode(bytes: Uint8Array): ScoreSeries {
  const head = JSON.parse(Buffer.from(bytes.subarray(0, 1024)).toString()) as Pick<
    ScoreSeries,
    "stepMs" | "horizonSteps" | "changeMs"
  > & { readonly rows: number; readonly probability: readonly string[]; readonly forecast: readonly string[] };
  let at = 1024;
  const next = (): Float64Array => new Float64Array(bytes.slice(at, (at += 8 * head.rows)).buffer);
  const [step, label, tau, ratio] = [next(), next(), next(), next()];
  const { stepMs, horizonSteps, changeMs } = head;
  const probability = Object.fromEntries(head.probability.map((name) => [name, next()]));
  const forecast = Object.fromEntries(head.forecast.map((name) => [name, next()]));
  return { stepMs, horizonSteps, changeMs, step, label, tau, ratio, probability, forecast };
}
