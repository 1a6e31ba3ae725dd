// Realised false-alarm rates of the null-calibrated thresholds, and of the fixed 0.1, on a market that does not change.
import { simulateTicks } from "../simulator/simulator.ts";
import type { DriftVerdict } from "../src/drift/drift-verdict.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { alarmRates } from "./alarm-rates.ts";
import { DAY_MS, FROM_MS, referenceOf } from "./drift-models.ts";
import { driftRows, rowsBetween } from "./drift-rows.ts";
import { driftVerdicts, type WatchedModel } from "./drift-verdicts.ts";

/** Training: so many days each, from so many starts in one stream of 42 days. */
const TRAINING = [
  { days: 0.875, starts: 8 },
  { days: 1.75, starts: 8 },
  { days: 4.25, starts: 5 },
  { days: 14, starts: 3 },
  { days: 42, starts: 1 },
] as const;
const ALPHAS = [0.05, 0.01] as const;
const TRAIN_DAYS = 42;
const TEST_DAYS = 84;

/** Six weeks to train on, as thinned rows. */
export function stationaryTraining(): Dataset {
  return stationary(21, TRAIN_DAYS);
}

/** Prints one line per training length, start and stated rate. */
export function printFalseAlarms(model: WatchedModel, training: Dataset): void {
  const test = stationary(22, TEST_DAYS);
  console.log(`1 h windows of ${TEST_DAYS} stationary days that no reference has seen, ${model.row} and probability`);
  console.log(
    "training windows  stated  realised: feature (lowest to highest)  dataset  by share  by ratio   limits: share  ratio",
  );
  let last: readonly DriftVerdict[] = [];
  for (const { days, starts } of TRAINING) {
    // Few windows promise neither rate: both would give the same line.
    for (const alpha of days < 2 ? ALPHAS.slice(0, 1) : ALPHAS) {
      for (let s = 0; s < starts; s++) {
        const fromMs = FROM_MS + (s * TRAIN_DAYS * DAY_MS) / starts;
        const reference = referenceOf(rowsBetween(training, fromMs, fromMs + days * DAY_MS), model, alpha);
        const { nullWindows, thresholds, datasetShare, datasetRatio, reason, alpha: stated } = reference.windows[0]!;
        const head = `${String(nullWindows).padStart(16)}  ${percent(stated).padStart(6)}`;
        if (thresholds === null) {
          console.log(`${head}  ${reason}`);
          break;
        }
        last = driftVerdicts(test, model, reference);
        const { feature, lowest, highest, dataset, byShare, byRatio } = alarmRates(last, "1h");
        const [joint, one, other] = [dataset, byShare, byRatio].map((x) => percent(x).padStart(6));
        console.log(
          `${head}  ${percent(feature).padStart(17)} (${percent(lowest)} to ${percent(highest)})`.padEnd(64) +
            `${joint}    ${one}    ${other}          ${datasetShare!.toFixed(3)}  ${datasetRatio!.toFixed(2)}`,
        );
      }
    }
  }
  console.log("\nThe fixed threshold on the same windows: distance >= 0.1 for a feature, half of them for the dataset");
  for (const name of ["1h", "24h"] as const) {
    const { windows, tenthFeature, tenthDataset } = alarmRates(last, name);
    const rates = `features ${percent(tenthFeature)}, dataset ${percent(tenthDataset)}`;
    console.log(`${name.padEnd(3)} ${windows} windows: ${rates}`);
  }
  console.log();
}

export function percent(x: number): string {
  return `${(100 * x).toFixed(1)} %`;
}

function stationary(seed: number, days: number): Dataset {
  return driftRows(simulateTicks({ seed, symbol: "BTC-USD", fromMs: FROM_MS, toMs: FROM_MS + days * DAY_MS }));
}
