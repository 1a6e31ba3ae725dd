// What `REGIME_CHANGE` does to a model of the usual market, and how soon sequential promotion would promote a better
// one.
import { REGIME_CHANGE } from "../simulator/simulated-dynamics.ts";
import { applyModel } from "../trainer/score/apply-model.ts";
import { logistic } from "../trainer/candidates/logistic.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { averagePrecision } from "../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../trainer/evaluate/metrics/brier-score.ts";
import { describeRows } from "../trainer/rows/row-figures.ts";
import { allRows } from "../trainer/folds/split.ts";
import { fitted, simulatedDays } from "./drift-models.ts";

/** Steps of a block, and of the horizon left out between two. */
const BLOCK_STEPS = 900;
const BETWEEN_STEPS = 60;

/** Prints Brier score and PR-AUC of an old and a retrained logistic model on four days after the change. */
export function printRegime(): void {
  const before = fitted(logistic, simulatedDays(1, 1.5));
  const after = fitted(logistic, simulatedDays(2, 1, REGIME_CHANGE));
  const data = simulatedDays(3, 4, REGIME_CHANGE);
  const rows = allRows(data);
  const labels = Uint8Array.from(rows, (k) => data.rows.label[k]!);
  const old = applyModel(before, data, rows);
  const retrained = applyModel(after, data, rows);
  const { baseRate, episodes } = describeRows(data, rows);
  console.log(`REGIME_CHANGE ${JSON.stringify(REGIME_CHANGE)}`);
  console.log(`4 days after it: ${rows.length} rows, ${episodes} episodes, base rate ${baseRate.toFixed(4)}`);
  for (const [name, p] of [
    ["old", old],
    ["retrained", retrained],
  ] as const) {
    const mean = p.reduce((sum, x) => sum + x, 0) / p.length;
    const figures = [brierScore(labels, p), averagePrecision(labels, p), mean].map((x) => x.toFixed(4));
    console.log(`${name.padEnd(9)} Brier ${figures[0]}, PR-AUC ${figures[1]}, mean p ${figures[2]}`);
  }
  const gains = blockGains(data, old, retrained);
  const mean = gains.reduce((sum, d) => sum + d, 0) / gains.length;
  const deviation = Math.sqrt(gains.reduce((sum, d) => sum + (d - mean) ** 2, 0) / gains.length);
  console.log(`gain per block ${mean.toFixed(4)}, deviation ${deviation.toFixed(4)}, ${gains.length} blocks`);
  let e = 1;
  const reached = gains.findIndex((d) => (e *= 1 + d / 2) >= 20) + 1;
  const hours = (reached * (BLOCK_STEPS + BETWEEN_STEPS)) / 3600;
  console.log(`e with lambda 1/2: 20 after ${reached} blocks, ${hours.toFixed(1)} h\n`);
}

/** Mean paired Brier gain of the second model in blocks of 900 steps, a horizon left out between two. */
function blockGains(data: Dataset, old: Float64Array, retrained: Float64Array): number[] {
  const blocks = new Map<number, { sum: number; count: number }>();
  for (let k = 0; k < data.rows.count; k++) {
    const step = data.rows.step[k]!;
    if (step % (BLOCK_STEPS + BETWEEN_STEPS) >= BLOCK_STEPS) continue;
    const number = Math.floor(step / (BLOCK_STEPS + BETWEEN_STEPS));
    const block = blocks.get(number) ?? { sum: 0, count: 0 };
    blocks.set(number, block);
    const label = data.rows.label[k]!;
    block.sum += (old[k]! - label) ** 2 - (retrained[k]! - label) ** 2;
    block.count += 1;
  }
  return [...blocks.values()].map(({ sum, count }) => sum / count);
}
