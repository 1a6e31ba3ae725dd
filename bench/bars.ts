// `npm run bench -- bars`: gradient boosting beside LightGBM on one-minute bars.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { featureRow } from "../command-line/feature-row-type.ts";
import { option } from "../command-line/option.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { DEFAULT_1, ROWS } from "../src/features/schema.ts";
import { LEARNED_ROWS, type LearnedRow } from "../trainer/candidates/learned-rows.ts";
import { parseConfig } from "../trainer/run/config.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { averagePrecision } from "../trainer/evaluate/metrics/average-precision.ts";
import { readRecordings } from "../trainer/rows/read-recordings.ts";
import { allRows, purgedSplit } from "../trainer/folds/split.ts";
import { type BoostingParameters, fitBoosting } from "../trainer/trees/boosting.ts";
import { ensembleScore } from "../trainer/trees/tree.ts";
import { type TreeColumns, treeColumns, treeData } from "../trainer/score/trees-of-rows.ts";
import { benchCommand } from "./bench-command.ts";
import { lightgbmPython } from "./peer-python.ts";

const SHARED = resolve(import.meta.dirname, "..", "..", "shared", "data", "bitmex-1m");
const LABEL = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';
const TEST_FROM_MS = Date.UTC(2019, 0, 1);
const BARS = benchCommand(
  "bars",
  `
The trainer's gradient boosting beside LightGBM on the same rows of one-minute bars: fitted on what is before 2019,
judged on the rest. Beside them two columns of default-1 by themselves.
LightGBM is that of tests/peers/install.sh; PEER_PYTHON names another python that has it.`,
  {
    leaves: option(wholeNumber(2, 255), "leaves of a tree", { default: "31" }),
    trees: option(wholeNumber(1, 5000), "trees of each model", { default: "300" }),
    row: option(featureRow(LEARNED_ROWS), "feature row of both sides: see docs/features.md", { default: "default-2" }),
    window: option(wholeNumber(3, 100_000), "steps of the label's window", { default: "1440" }),
  },
  { operands: recordingsOperand("Without them ../shared/data/bitmex-1m", 0) },
);

export const program: Program = {
  command: BARS,
  run: async (args) => {
    const { values, operands } = parseCommandLine(BARS, args);
    if (operands.length === 0 && !existsSync(SHARED)) {
      console.log(`skipped: ${SHARED} is not there; give FILES`);
      return EXIT.done;
    }
    const windowSteps = values.window;
    const label = { ...(JSON.parse(LABEL) as object), windowSteps, minCount: Math.min(900, windowSteps) };
    const { engine, threads } = parseConfig({ step: "60s", label: JSON.stringify(label) });
    const files = operands.length > 0 ? operands : [SHARED];
    const { data } = await readRecordings({ files, symbol: undefined, engine, persist: ".wrangler/state" });
    const parameters = boosting(values.leaves, values.trees);
    compare(data, values.row, { ...parameters, threads });
    return EXIT.done;
  },
};

/** As `candidates/gbdt.ts` fits its largest shape, but on all rows and columns, so that both sides do the same. */
function boosting(leaves: number, trees: number): BoostingParameters {
  return {
    ...{ loss: "logistic", trees, threads: 1, learningRate: 0.1, leaves, maxBins: 255, minChildRows: 1000 },
    ...{ minChildWeight: 1, l2: 1, minGain: 0, rowShare: 1, featureShare: 1, positiveWeight: 1, seed: 1 },
  };
}

function compare(data: Dataset, row: LearnedRow, parameters: BoostingParameters): void {
  const { train, test } = purgedSplit(data, allRows(data), TEST_FROM_MS);
  const columns = treeColumns({ data, row }, train);
  const labels = Uint8Array.from(test, (k) => data.rows.label[k]!);
  const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  console.log(`${train.length} rows to fit, ${test.length} to judge, base rate ${base.toFixed(4)}`);
  console.log(
    `row ${row}, ${columns.columns.length} of its ${ROWS[row].length} columns; window ${data.config.label.windowSteps} steps`,
  );
  console.log(`${parameters.trees} trees of ${parameters.leaves} leaves, ${parameters.threads} threads`);
  tell("EWMA 60", averagePrecision(labels, columnOf(data, test, "ewma_60_over_tau")));
  tell("last 10 bars", averagePrecision(labels, columnOf(data, test, "parkinson_10_over_tau")));
  for (const monotone of [undefined, columns.monotone]) {
    const own = fitOwn(data, train, test, columns, { ...parameters, ...(monotone ? { monotone } : {}) });
    tell(`volgate gbdt${monotone ? ", monotone" : ""}`, averagePrecision(labels, own.scores), own.seconds);
  }
  peer(data, train, test, columns, parameters, labels);
}

function fitOwn(
  data: Dataset,
  train: Int32Array,
  test: Int32Array,
  columns: TreeColumns,
  parameters: BoostingParameters,
) {
  const started = performance.now();
  const { ensemble } = fitBoosting(treeData(data, train, columns), parameters);
  const seconds = (performance.now() - started) / 1000;
  const { x, width } = treeData(data, test, columns);
  return { seconds, scores: Float64Array.from(test, (_, i) => ensembleScore(ensemble, x, i * width)) };
}

function peer(
  data: Dataset,
  train: Int32Array,
  test: Int32Array,
  columns: TreeColumns,
  own: BoostingParameters,
  labels: Uint8Array,
): void {
  const python = lightgbmPython();
  if ("missing" in python) {
    console.log(`skipped LightGBM: ${python.missing}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "volgate-bars-"));
  try {
    for (const [name, rows] of [
      ["train", train],
      ["test", test],
    ] as const) {
      const { x, targets } = treeData(data, rows, columns);
      writeFileSync(join(folder, `${name}.x`), new Uint8Array(x.buffer));
      writeFileSync(join(folder, `${name}.y`), new Uint8Array(targets.buffer));
    }
    const same = {
      ...{ objective: "binary", trees: own.trees, num_threads: own.threads, learning_rate: own.learningRate },
      ...{ num_leaves: own.leaves, max_bin: own.maxBins, min_data_in_leaf: own.minChildRows, lambda_l2: own.l2 },
      ...{ min_sum_hessian_in_leaf: own.minChildWeight, seed: own.seed, verbosity: -1 },
    };
    const monotone = { monotone_constraints: [...columns.monotone] };
    for (const [name, settings] of [
      ["LightGBM", same],
      ["LightGBM, monotone", { ...same, ...monotone }],
    ] as const) {
      const args = [join(import.meta.dirname, "lightgbm-peer.py"), folder, String(columns.columns.length)];
      const printed = execFileSync(python.path, [...args, JSON.stringify(settings)], { encoding: "utf8" });
      const scores = new Float64Array(new Uint8Array(readFileSync(join(folder, "scores.peer"))).buffer);
      tell(name, averagePrecision(labels, scores), (JSON.parse(printed) as { seconds: number }).seconds);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function columnOf(data: Dataset, rows: Int32Array, name: string): Float64Array {
  const column = DEFAULT_1.findIndex((feature) => feature.name === name);
  return Float64Array.from(rows, (k) => data.rows.values["default-1"][k * DEFAULT_1.length + column]!);
}

function tell(name: string, prAuc: number, seconds?: number): void {
  const time = seconds === undefined ? "" : `   ${seconds.toFixed(1)} s`;
  console.log(`${name.padEnd(24)} PR-AUC ${prAuc.toFixed(4)}${time}`);
}
