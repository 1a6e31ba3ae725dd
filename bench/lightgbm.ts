// `npm run bench -- gbdt`: gradient boosting beside LightGBM on synthetic rows.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { averagePrecision } from "../trainer/evaluate/metrics/average-precision.ts";
import type { BoostingParameters } from "../trainer/trees/boosting.ts";
import { benchCommand } from "./bench-command.ts";
import { spreadOf } from "./core/spread.ts";
import { lightgbmPython } from "./peer-python.ts";
import { syntheticRows, WIDTH } from "./lightgbm-problem.ts";

interface Run {
  readonly version: string;
  readonly seconds: number;
  /** Of all threads, waiting in a spin included. */
  readonly cpuSeconds: number;
  readonly peakKb: number;
  readonly beforeKb: number;
}

const GBDT = benchCommand(
  "gbdt",
  `
Gradient boosting beside LightGBM on the same rows and the same cores: seconds of the fit with binning, PR-AUC on rows
that neither has seen, peak memory. LightGBM is that of tests/peers/install.sh; PEER_PYTHON names another python.`,
  {
    rows: option(wholeNumber(1), "rows to fit", { default: "500000" }),
    "test-rows": option(wholeNumber(1), "rows to judge", { default: "200000" }),
    trees: option(wholeNumber(1, 5000), "trees of each model", { default: "200" }),
    rounds: option(wholeNumber(1, 1000), "fits of each, in turn", { default: "3" }),
    threads: option(wholeNumber(1, 64), "cores of each", { default: "2" }),
    seed: option(wholeNumber(), "seed of the rows", { default: "1" }),
  },
);

export const program: Program = {
  command: GBDT,
  run: async (args) => {
    const { values } = parseCommandLine(GBDT, args);
    const { seed } = values;
    const folder = mkdtempSync(join(tmpdir(), "volgate-gbdt-"));
    try {
      const own = parameters(values.trees, values.threads);
      const shares = [
        writeRows(folder, "train", `${seed}:train`, values.rows),
        writeRows(folder, "test", `${seed}:test`, values["test-rows"]),
      ];
      const positive = shares.map((share) => `${(100 * share).toFixed(2)} %`).join(" and ");
      console.log(
        `seed ${seed}: ${values.rows} × ${WIDTH} rows, ${values["test-rows"]} to test on, ${positive} positive`,
      );
      console.log(
        `${own.trees} trees of ${own.leaves} leaves, ${own.threads} threads, in turn, ${values.rounds} rounds`,
      );
      compare(folder, own, values.rounds);
    } finally {
      rmSync(folder, { recursive: true });
    }
    return EXIT.done;
  },
};

function parameters(trees: number, threads: number): BoostingParameters {
  return {
    ...{ loss: "logistic", trees, threads, learningRate: 0.1, leaves: 31, maxBins: 255, minChildRows: 20 },
    ...{ minChildWeight: 1e-3, l2: 0, minGain: 0, rowShare: 1, featureShare: 1, positiveWeight: 1, seed: 1 },
  };
}

function peerParameters(own: BoostingParameters): object {
  return {
    ...{ objective: "binary", trees: own.trees, num_threads: own.threads, learning_rate: own.learningRate },
    ...{ num_leaves: own.leaves, max_bin: own.maxBins, min_data_in_leaf: own.minChildRows, lambda_l2: own.l2 },
    ...{ min_sum_hessian_in_leaf: own.minChildWeight, min_gain_to_split: own.minGain, seed: own.seed, verbosity: -1 },
  };
}

function compare(folder: string, own: BoostingParameters, rounds: number): void {
  const python = lightgbmPython();
  if ("missing" in python) console.log(`skipped LightGBM: ${python.missing}`);
  const runs: Record<"own" | "peer", Run[]> = { own: [], peer: [] };
  for (let round = 1; round <= rounds; round++) {
    const run = runProgram(process.execPath, "lightgbm-own.ts", folder, own);
    runs.own.push(run);
    tell("volgate", run, precision(folder, "own"));
    if ("missing" in python) continue;
    const peer = runProgram(python.path, "lightgbm-peer.py", folder, peerParameters(own));
    runs.peer.push(peer);
    tell(`LightGBM ${peer.version}`, peer, precision(folder, "peer"));
  }
  if ("missing" in python) return;
  const ratio = (of: (run: Run) => number): string =>
    (spreadOf(runs.own.map(of)).median / spreadOf(runs.peer.map(of)).median).toFixed(2);
  const difference = precision(folder, "own") - precision(folder, "peer");
  console.log(
    `ratio of medians: ${ratio((run) => run.seconds)} of seconds (goal ≤ 1), ${ratio((run) => run.cpuSeconds)} of CPU`,
  );
  console.log(`PR-AUC, volgate − LightGBM: ${difference.toFixed(5)} (goal within 0.005)`);
}

function runProgram(program: string, script: string, folder: string, settings: object): Run {
  const args = [join(import.meta.dirname, script), folder, String(WIDTH), JSON.stringify(settings)];
  return JSON.parse(execFileSync(program, args, { encoding: "utf8" })) as Run;
}

function tell(name: string, { seconds, cpuSeconds, peakKb, beforeKb }: Run, prAuc: number): void {
  const megabytes = (kb: number): string => (kb / 1024).toFixed(0);
  const memory = `peak ${megabytes(peakKb)} MB, ${megabytes(beforeKb)} MB before the fit`;
  const time = `${seconds.toFixed(2).padStart(7)} s (${cpuSeconds.toFixed(2)} of CPU)`;
  console.log(`${name.padEnd(16)} ${time}   PR-AUC ${prAuc.toFixed(5)}   ${memory}`);
}

function writeRows(folder: string, name: string, seed: string, count: number): number {
  const { x, targets } = syntheticRows(seed, count);
  writeFileSync(join(folder, `${name}.x`), new Uint8Array(x.buffer));
  writeFileSync(join(folder, `${name}.y`), new Uint8Array(targets.buffer));
  return targets.reduce((sum, y) => sum + y, 0) / count;
}

function precision(folder: string, side: string): number {
  const load = (name: string): Float64Array =>
    new Float64Array(new Uint8Array(readFileSync(join(folder, name))).buffer);
  return averagePrecision(Uint8Array.from(load("test.y")), load(`scores.${side}`));
}
