// `npm run bench:score`: what the scores of a step cost, by the own scorer and by onnxruntime side by side, in Node.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { INPUT, OnnxSession } from "../onnx/onnx-session.ts";
import { type Manifest, featureColumns, parseManifest } from "../src/model/manifest.ts";
import { type OwnModel, readOwnModel } from "../src/scorer/own-model.ts";
import { ordinaryRows } from "../src/model/trial-rows.ts";
import { benchCommand } from "./bench-command.ts";

const BUNDLED = resolve(import.meta.dirname, "..", "src", "model", "bundled");
/** The five models that score a step: champion, the three baselines, and the reference. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  "steps of 1 s": ["logistic", "zscore", "persistence", "threshold-only", "recent"],
  "steps of 60 s": ["bars/champion", "bars/zscore", "bars/persistence", "bars/threshold-only", "bars/har"],
};
/** Closed steps of a run. */
const RUNS = [1, 10, 100, 1000];
const ROUNDS = 15;
/** Steps of a round by each scorer. */
const OWN_STEPS = 20_000;
const RUNTIME_STEPS = 1000;

const SCORE = benchCommand(
  "score",
  `
Time of the scores of a step with five models, by the own scorer and by onnxruntime, in runs of one step and of more;
and the time from a file's bytes to its first score.`,
  {},
);

interface Loaded {
  readonly name: string;
  readonly manifest: Manifest;
  readonly onnx: Uint8Array;
  readonly own: OwnModel;
  readonly session: OnnxSession;
}

export const program: Program = {
  command: SCORE,
  run: async (args) => {
    parseCommandLine(SCORE, args);
    console.log(
      `medians of ${ROUNDS} rounds in turn (least to most), after one to warm up; µs of five models together`,
    );
    for (const [set, names] of Object.entries(SETS)) {
      const models = await Promise.all(names.map(load));
      for (const steps of RUNS) await compare(set, models, steps);
      for (const { session } of models) await session.release();
    }
    console.log("ms from a file's bytes to its first score:");
    for (const name of Object.values(SETS).flat()) await compareLoading(name);
    return EXIT.done;
  },
};

function read(name: string): { manifest: Manifest; onnx: Uint8Array } {
  const manifest = parseManifest(JSON.parse(readFileSync(join(BUNDLED, `${name}.json`), "utf8")));
  return { manifest, onnx: Uint8Array.from(readFileSync(join(BUNDLED, `${name}.onnx`))) };
}

async function load(name: string): Promise<Loaded> {
  const { manifest, onnx } = read(name);
  return { name, manifest, onnx, own: ownOf(name, onnx), session: await OnnxSession.load(onnx) };
}

function ownOf(name: string, onnx: Uint8Array): OwnModel {
  const result = readOwnModel(onnx);
  if (result.model === undefined) throw new Error(`${name}: ${result.reason}`);
  return result.model;
}

/** Prints the time of a step's scores in runs of `steps` steps. */
async function compare(set: string, models: readonly Loaded[], steps: number): Promise<void> {
  const inputs = models.map(({ manifest }) => rowsOf(manifest, steps));
  const own: number[] = [];
  const runtime: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const ownUs = await timeOf(OWN_STEPS / steps, () => models.forEach((model, i) => model.own.score(inputs[i]!)));
    const runtimeUs = await timeOf(RUNTIME_STEPS / steps, async () => {
      for (const [i, { session, own: model }] of models.entries()) {
        const { width, outputs } = model.shape;
        await session.runOutputs(inputs[i]!, width, { input: INPUT, outputs });
      }
    });
    if (round === 0) continue; // the first round compiles
    own.push(ownUs / steps);
    runtime.push(runtimeUs / steps);
  }
  const ratio = spread(runtime)[1] / spread(own)[1];
  const text = (values: readonly number[]): string => {
    const [least, middle, most] = spread(values);
    return `${middle.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
  };
  console.log(
    `${set}, runs of ${steps}: own ${text(own)} µs a step, onnxruntime ${text(runtime)}, ${ratio.toFixed(1)} times`,
  );
}

/** µs of one call, by the clock. */
async function timeOf(calls: number, call: () => void | Promise<void>): Promise<number> {
  const count = Math.max(1, Math.round(calls));
  const startedAt = performance.now();
  for (let k = 0; k < count; k++) {
    const pending = call();
    if (pending !== undefined) await pending;
  }
  return ((performance.now() - startedAt) * 1000) / count;
}

/** Prints how long the first score of a file takes, the runtime itself being started. */
async function compareLoading(name: string): Promise<void> {
  const { manifest, onnx } = read(name);
  const row = rowsOf(manifest, 1);
  const own: number[] = [];
  const runtime: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let startedAt = performance.now();
    ownOf(name, onnx).score(row);
    own.push(performance.now() - startedAt);
    startedAt = performance.now();
    const session = await OnnxSession.load(onnx);
    await session.run(row, row.length);
    runtime.push(performance.now() - startedAt);
    await session.release();
  }
  const text = (values: readonly number[]): string =>
    `${values[0]!.toFixed(2)} first, ${spread(values)[1].toFixed(2)} later`;
  console.log(`${name}, ${(onnx.length / 1024).toFixed(1)} kB: own ${text(own)}; onnxruntime ${text(runtime)}`);
}

function rowsOf(manifest: Manifest, count: number): Float32Array {
  return ordinaryRows(manifest.row, featureColumns(manifest), count);
}

function spread(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
}
