// False-alarm rates of each symbol where a model is trained on several and one of them is unlike the others.
import type { MarketDynamics } from "../simulator/simulated-dynamics.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { driftFeature, type DriftReference, PROBABILITY } from "../src/drift/drift-reference.ts";
import { driftWindowPlan } from "../src/drift/drift-window-plan.ts";
import { ROWS } from "../src/features/schema.ts";
import { roundedDriftReference } from "../src/model/manifest-drift.ts";
import { calibrateWindows } from "../trainer/drift/calibrate-windows.ts";
import { nullDistances, nullWindows } from "../trainer/drift/null-windows.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { LabelledRows } from "../trainer/rows/labelled-rows.ts";
import { alarmRates, share } from "./alarm-rates.ts";
import { percent } from "./drift-false-alarms.ts";
import { DAY_MS, FROM_MS, referenceOf } from "./drift-models.ts";
import { driftRows, rowsBetween } from "./drift-rows.ts";
import { driftVerdicts, probabilitiesOf, type WatchedModel } from "./drift-verdicts.ts";

const TRAIN_DAYS = 5;
const TEST_DAYS = 5;
const ALPHA = 0.05;
/** Bursts that are stronger and shorter. */
const UNLIKE: Partial<MarketDynamics> = { fastDeviation: 0.6, fastRelaxationMs: 40_000 };
const SYMBOLS = [
  ...[31, 32, 33].map((seed) => ({ name: `like ${seed}`, seed, dynamics: undefined })),
  { name: "unlike", seed: 34, dynamics: UNLIKE },
];

/** One table per reference: common limits over raw values, as before; the symbols' own; placed only; learned. */
export function printSymbols(model: WatchedModel): void {
  const streams = SYMBOLS.map(({ name, seed, dynamics }) => {
    const changes = dynamics === undefined ? undefined : [{ fromMs: FROM_MS, dynamics }];
    const toMs = FROM_MS + (TRAIN_DAYS + TEST_DAYS) * DAY_MS;
    return {
      name,
      data: driftRows(simulateTicks({ seed, symbol: "BTC-USD", fromMs: FROM_MS, toMs, dynamics: changes })),
    };
  });
  const training = (days: number, names = streams) =>
    together(names.map(({ name, data }) => ({ name, data: rowsBetween(data, FROM_MS, FROM_MS + days * DAY_MS) })));
  const whole = training(TRAIN_DAYS);
  const alike = training(TRAIN_DAYS, streams.slice(0, -1));
  const cases: readonly (readonly [string, DriftReference])[] = [
    ["common limits, raw values (as before)", commonReference(whole, model)],
    [`limits of each symbol, ${24 * TRAIN_DAYS} windows of each`, referenceOf(whole, model, ALPHA)],
    ["values placed, common limits: 60 windows of each", referenceOf(training(2.5), model, ALPHA)],
    ["trained without the unlike one, raw values (as before)", commonReference(alike, model)],
    ["trained without the unlike one, placed by its first day", referenceOf(alike, model, ALPHA)],
  ];
  console.log(`1 h windows of ${TEST_DAYS} unseen days of each symbol, ${percent(ALPHA)} stated: share with drift`);
  for (const [words, reference] of cases) {
    const rates = streams.map(({ name, data }) => {
      const verdicts = driftVerdicts(rowsFrom(data), model, reference, name);
      const judged = verdicts.filter(({ verdict }) => verdict === "ok" || verdict === "drift");
      const rate =
        judged.length === 0
          ? NaN
          : share(
              judged.filter(({ window }) => window === "1h"),
              ({ verdict }) => verdict === "drift",
            );
      return { name, rate, windows: alarmRates(judged, "1h").windows };
    });
    const mean = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
    const bytes = JSON.stringify(reference).length;
    console.log(`${words}: mean ${percent(mean)}; reference of ${(bytes / 1024).toFixed(0)} KiB`);
    for (const { name, rate, windows } of rates)
      console.log(`  ${name.padEnd(10)} ${percent(rate).padStart(7)} of ${windows}`);
  }
  console.log();
}

function rowsFrom(data: Dataset): Dataset {
  return rowsBetween(data, FROM_MS + TRAIN_DAYS * DAY_MS, Infinity);
}

/** Several datasets of one symbol as one of several. */
function together(parts: readonly { readonly name: string; readonly data: Dataset }[]): Dataset {
  const all = new LabelledRows(parts.reduce((sum, { data }) => sum + data.rows.count, 0));
  for (const [s, { data }] of parts.entries()) {
    const { rows } = data;
    for (const field of ["tsMs", "step", "segment", "tau", "ratio", "label"] as const) {
      all[field].set(rows[field].subarray(0, rows.count), all.count);
    }
    all.symbol.fill(s, all.count, all.count + rows.count);
    for (const name of ["default-1", "peer-10"] as const) {
      const width = ROWS[name].length;
      all.values[name].set(rows.values[name].subarray(0, rows.count * width), all.count * width);
    }
    all.count += rows.count;
  }
  return { ...parts[0]!.data, symbols: parts.map(({ name }) => name), rows: all.sortedByTime() };
}

/** The reference as it was made before symbols had a part of it: raw values of all together. */
function commonReference(data: Dataset, model: WatchedModel): DriftReference {
  const { rows, config } = data;
  const width = ROWS[model.row].length;
  const columns = ROWS[model.row].map(({ name }, j) => ({
    name,
    values: Float64Array.from({ length: rows.count }, (_, k) => rows.values[model.row][k * width + j]!),
  }));
  columns.push({ name: PROBABILITY, values: probabilitiesOf(data, model).map(Math.fround) });
  const features = columns.map(({ name, values }) => driftFeature(name, values));
  const windows = driftWindowPlan(config.grid.stepMs).map((plan) => {
    const cut = nullWindows(data, plan);
    const distances = columns.map(({ values }, f) => nullDistances(cut, features[f]!, values));
    return calibrateWindows(plan, { windows: cut.kept.length, times: cut.times }, distances, ALPHA);
  });
  return roundedDriftReference({ features, windows });
}
