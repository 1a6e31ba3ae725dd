// Models of every kind that the trainer writes, with random numbers in them.
import { DEFAULT_1 } from "../../src/features/schema.ts";
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import { RandomDeviates } from "../../simulator/random-deviates.ts";
import type { ModelParts } from "../../trainer/artifact/onnx/model-graph.ts";
import { BlendScore } from "../../trainer/score/blend-score.ts";
import { ClippedScore } from "../../trainer/score/clipped-score.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import type { Score } from "../../trainer/score/score.ts";
import { TreeScore } from "../../trainer/score/tree-score.ts";
import { LEAF, type Tree } from "../../trainer/trees/tree.ts";

/** The kinds of scores. */
export const SCORES = ["linear", "trees", "blend", "blend of one", "clipped"] as const;
export type ScoreKind = (typeof SCORES)[number];
/** The kinds of calibrations that the own scorer computes. */
export const CALIBRATIONS = ["platt", "isotonic", "none"] as const;
export type CalibrationKind = (typeof CALIBRATIONS)[number];

const WIDTH = 7;

/** A model whose volatility forecast, if any, takes some of the score's columns. */
export function randomModel(score: ScoreKind, calibration: CalibrationKind, seed: string): ModelParts {
  const random = new RandomDeviates(seed);
  const all = Array.from({ length: WIDTH }, (_, j) => j);
  const some = all.filter(() => random.uniform() < 0.6);
  const parts = { score: scoreOf(score, all, random), calibration: calibrationOf(calibration, random) };
  if (random.uniform() < 0.3 || some.length === 0) return parts;
  const forecast = random.uniform() < 0.5 ? linear(some, random) : trees(some, random);
  const clipped = new ClippedScore(forecast, { low: -1, high: 1.5, shift: random.normal() / 3 });
  return { ...parts, logSigma: random.uniform() < 0.5 ? clipped : forecast };
}

function scoreOf(kind: ScoreKind, columns: readonly number[], random: RandomDeviates): Score {
  switch (kind) {
    case "linear":
      return linear(columns, random);
    case "trees":
      return trees(columns, random);
    case "clipped":
      return new ClippedScore(linear(columns, random), { low: -1.5, high: 1, shift: random.normal() });
    case "blend of one":
      return new BlendScore([{ score: trees(columns, random), line: line(random), weight: 1 }]);
    case "blend":
      return new BlendScore([
        { score: linear(columns, random), line: line(random), weight: 0.3 },
        { score: trees(columns.slice(2), random), line: line(random), weight: 0.45 },
        { score: trees(columns, random), line: line(random), weight: 0.25 },
      ]);
  }
}

const line = (random: RandomDeviates): { slope: number; intercept: number } => ({
  slope: random.normal(),
  intercept: random.normal(),
});

function linear(columns: readonly number[], random: RandomDeviates): LinearScore {
  const list = (scale: number): number[] => columns.map(() => scale * random.normal());
  return new LinearScore({
    ...{ row: "default-1", features: columns.map((j) => DEFAULT_1[j]!.name), columns, dropped: [] },
    ...{ fill: list(1), centre: list(1), coefficient: list(0.7), bias: random.normal() },
  });
}

function trees(columns: readonly number[], random: RandomDeviates): TreeScore {
  const count = 1 + Math.floor(40 * random.uniform());
  return new TreeScore({
    ...{ row: "default-1", features: columns.map((j) => DEFAULT_1[j]!.name), columns, dropped: [] },
    ensemble: { trees: Array.from({ length: count }, () => tree(columns.length, random)), base: random.normal() },
  });
}

/** A tree of random shape: children stand behind their parents, as the grower puts them. */
function tree(width: number, random: RandomDeviates): Tree {
  const splits = Math.floor(12 * random.uniform());
  const size = 2 * splits + 1;
  const grown = {
    feature: new Int32Array(size).fill(LEAF),
    threshold: new Float32Array(size),
    left: new Int32Array(size),
    right: new Int32Array(size),
    missingLeft: new Uint8Array(size),
    value: Float32Array.from({ length: size }, () => 0.1 * random.normal()),
    gain: new Float64Array(size),
  };
  const leaves = [0];
  for (let next = 1; next < size; next += 2) {
    const [node] = leaves.splice(Math.floor(leaves.length * random.uniform()), 1) as [number];
    grown.feature[node] = Math.floor(width * random.uniform());
    grown.threshold[node] = random.uniform() < 0.05 ? Infinity : 2 * random.normal();
    grown.missingLeft[node] = random.uniform() < 0.5 ? 1 : 0;
    grown.value[node] = 0;
    grown.left[node] = next;
    grown.right[node] = next + 1;
    leaves.push(next, next + 1);
  }
  return grown;
}

function calibrationOf(kind: CalibrationKind, random: RandomDeviates): Calibration {
  if (kind === "none") return { method: "none" };
  if (kind === "platt") return { method: "platt", slope: random.normal(), intercept: random.normal() };
  const count = 1 + Math.floor(8 * random.uniform());
  const sorted = (draw: () => number): number[] => Array.from({ length: count }, draw).sort((a, b) => a - b);
  const scores = sorted(() => 2 * random.normal());
  // Points of equal score are a jump.
  if (count > 2 && random.uniform() < 0.5) scores[1] = scores[0]!;
  return { method: "isotonic", scores, probabilities: sorted(() => random.uniform()) };
}
