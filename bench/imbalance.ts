// `npm run bench -- imbalance`: what class weights and resampling do.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { applyModel } from "../trainer/score/apply-model.ts";
import { gbdt } from "../trainer/candidates/gbdt.ts";
import { logistic } from "../trainer/candidates/logistic.ts";
import { parseConfig } from "../trainer/run/config.ts";
import { buildDataset, type Dataset } from "../trainer/rows/dataset.ts";
import { fitModel } from "../trainer/fit/fit-model.ts";
import type { Imbalance } from "../trainer/fit/imbalance.ts";
import { innerFolds } from "../trainer/folds/inner-folds.ts";
import { averagePrecision } from "../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../trainer/evaluate/metrics/brier-score.ts";
import { expectedCalibrationError } from "../trainer/evaluate/metrics/reliability.ts";
import { readRecordings } from "../trainer/rows/read-recordings.ts";
import { describeRows } from "../trainer/rows/row-figures.ts";
import { allRows, purgedSplit, testStartMs } from "../trainer/folds/split.ts";
import { benchCommand } from "./bench-command.ts";

const SHARED = resolve(import.meta.dirname, "..", "..", "shared", "data", "coinbase-2025");
const VARIANTS: readonly (readonly [name: string, imbalance: Imbalance])[] = [
  ["none", { spikeWeight: 1, calmShare: 1 }],
  ["balanced weights", { spikeWeight: "balanced", calmShare: 1 }],
  ["a fifth of the calm rows", { spikeWeight: 1, calmShare: 0.2 }],
];
const RAW = { method: "none" } as const;

const IMBALANCE = benchCommand(
  "imbalance",
  `
What class weights and resampling do to ranking and to probabilities, before and after calibration, on one purged
split.`,
  {},
  { operands: recordingsOperand("Without them ../shared/data/coinbase-2025, else a simulated market", 0) },
);

export const program: Program = {
  command: IMBALANCE,
  run: async (args) => {
    const data = await load(parseCommandLine(IMBALANCE, args).operands);
    const split = purgedSplit(data, allRows(data), testStartMs(data, { share: 0.4 }));
    const { rows, baseRate, episodes } = describeRows(data, split.test);
    const train = describeRows(data, split.train);
    console.log(
      `fitted on ${train.rows} rows, ${train.episodes} episodes; judged on ${rows} rows, ${episodes} episodes`,
    );
    console.log(`base rate ${train.baseRate.toFixed(4)} to fit, ${baseRate.toFixed(4)} to judge\n`);
    console.log("family    rows counted               PR-AUC   mean p, Brier, ECE raw      calibrated");
    for (const candidate of [logistic, gbdt]) {
      for (const [name, imbalance] of VARIANTS) {
        const context = { data, row: "default-1", seed: 1, threads: 2, imbalance } as const;
        const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
        const model = fitModel(candidate, context, policy, split.train, innerFolds(data, split.train));
        if ("refused" in model) throw new Error(model.refused);
        const raw = applyModel({ ...model, calibration: RAW }, data, split.test);
        const calibrated = applyModel(model, data, split.test);
        const labels = Uint8Array.from(split.test, (k) => data.rows.label[k]!);
        const prAuc = averagePrecision(labels, raw).toFixed(4);
        console.log(
          `${candidate.family.padEnd(9)} ${name.padEnd(26)} ${prAuc}   ${figures(labels, raw)}      ${figures(labels, calibrated)}`,
        );
      }
    }
    return EXIT.done;
  },
};

function figures(labels: Uint8Array, probabilities: Float64Array): string {
  const mean = probabilities.reduce((sum, p) => sum + p, 0) / probabilities.length;
  return [mean, brierScore(labels, probabilities), expectedCalibrationError(labels, probabilities)]
    .map((x) => x.toFixed(4))
    .join("  ");
}

async function load(files: readonly string[]): Promise<Dataset> {
  const recordings = files.length > 0 ? files : sharedFiles();
  if (recordings.length === 0) {
    console.log("simulated market of 6 hours, seed 1");
    const fromMs = Date.UTC(2025, 11, 1);
    return buildDataset([...simulateTicks({ seed: 1, symbol: "BTC-USD", fromMs, toMs: fromMs + 6 * 3_600_000 })]);
  }
  const { engine } = parseConfig({});
  return (await readRecordings({ files: recordings, symbol: "BTC-USD", engine, persist: ".wrangler/state" })).data;
}

function sharedFiles(): string[] {
  if (!existsSync(SHARED)) return [];
  return readdirSync(SHARED)
    .filter((name) => name.startsWith("ticks_"))
    .sort()
    .map((name) => join(SHARED, name));
}
