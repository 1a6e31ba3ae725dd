// Histogram gradient boosting: each tree is grown on the gradients of the loss at the sum of the trees before it.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { type BinnedData, binsOf } from "./binning.ts";
import { type FixedPoint, fixedPoint } from "./fixed-point.ts";
import { type Leaf, slotsNeeded, TreeGrower } from "./grower.ts";
import { baseScore, largestGradients } from "./loss.ts";
import {
  checkParameters,
  effectiveWeights,
  heaviestWeight,
  type Loss,
  requireNumber,
  ROWS_WORTH_THREADS,
  type TreeParameters,
} from "./parameters.ts";
import { drawRows } from "./row-sampling.ts";
import { writeNodes } from "./score-update.ts";
import { BASE, BLOCK_ROWS, GRADIENT_SCALE, COUNT_SHIFT, GRADIENTS, HESSIAN_SCALE, SAMPLED, SCORES } from "./tasks.ts";
import { ThreadPool } from "./thread-pool.ts";
import type { Tree, TreeEnsemble } from "./tree.ts";
import { checkTreeData, type TreeData } from "./tree-data.ts";
import { ValidationCurve } from "./validation-curve.ts";
import { fitPlan, Workspace } from "./workspace.ts";

export interface BoostingParameters extends TreeParameters {
  /**
   * Logistic for targets 0 and 1, whose score is a log-odds; squared for real targets; gamma for variances, whose score
   * is the logarithm of the forecast.
   */
  readonly loss: Loss;
  readonly learningRate: number;
  readonly l2: number;
  readonly minGain: number;
  /** Share of the rows that each tree is grown on, drawn without replacement; in (0, 1]. */
  readonly rowShare: number;
  /** Ends the fit when that many trees in a row have brought no lower loss on these later rows. */
  readonly earlyStopping?: { readonly data: TreeData; readonly rounds: number };
}

export interface BoostingFit {
  /** All trees that were fitted; `truncated(ensemble, bestTrees)` keeps the best ones. */
  readonly ensemble: TreeEnsemble;
  /** Mean weighted loss (`positiveWeight` included) after each tree fitted; empty without `earlyStopping`. */
  readonly validationLosses: Float64Array;
  /** The number of trees with the lowest validation loss, the fewest of equal ones; without `earlyStopping` all. */
  readonly bestTrees: number;
}

/**
 * Fits `parameters.trees` trees, or fewer with early stopping. The same data and parameters give the same bits for any
 * number of threads.
 *
 * @param binned `binRows(data, parameters.maxBins)`, when it is already there. One fit at a time may use it.
 * @throws RangeError for parameters outside their limits, for what `checkTreeData` refuses, for targets other than 0
 * and 1 with the logistic loss, targets below 0 or all 0 with the gamma loss, and for bins of other rows.
 */
export function fitBoosting(data: TreeData, parameters: BoostingParameters, binned?: BinnedData): BoostingFit {
  checkBoosting(data, parameters);
  const bins = binsOf(data, parameters.maxBins, binned);
  const pool = new ThreadPool(bins.rowCount < ROWS_WORTH_THREADS ? 1 : parameters.threads);
  try {
    return boost(data, parameters, bins, pool);
  } finally {
    pool.close();
  }
}

function boost(data: TreeData, parameters: BoostingParameters, binned: BinnedData, pool: ThreadPool): BoostingFit {
  const { loss, learningRate, leaves, positiveWeight, seed, rowShare, featureShare, earlyStopping } = parameters;
  const { l2, minGain, minChildRows, minChildWeight } = parameters;
  const { rowCount, thresholds } = binned;
  const workspace = new Workspace(
    fitPlan(binned, {
      slots: slotsNeeded(rowCount, leaves, minChildRows),
      leaves,
      loss,
      rules: { l2, minGain, minChildRows, minChildWeight },
      monotone: parameters.monotone,
    }),
  );
  pool.use(workspace);
  workspace.targets.set(data.targets);
  workspace.weights.set(effectiveWeights(data, positiveWeight));
  workspace.scores.fill(0);
  const base = baseScore(loss, workspace.targets, workspace.weights);
  const curve = earlyStopping && new ValidationCurve(earlyStopping.data, loss, positiveWeight, base);
  const heaviest = heaviestWeight(workspace.weights);
  const trees: Tree[] = [];
  const rowRandom = new SeededRandom(`${seed}:rows`);
  const columns = { share: featureShare, per: "tree", random: new SeededRandom(`${seed}:columns`) } as const;
  while (trees.length < parameters.trees) {
    const sampled = drawRows(workspace.rows, rowShare, rowRandom);
    const fixed = writeSampledGradients(workspace, pool, sampled, base, heaviest);
    const growth = { rowCount: sampled, leaves, fixed, leafScale: learningRate, columns, thresholds };
    const grown = new TreeGrower(workspace, pool, growth).grow();
    trees.push(grown.tree);
    if (sampled === rowCount) addLeaves(workspace, grown.tree, grown.leaves);
    else addTree(workspace, pool, grown.tree, thresholds);
    if (curve?.add(grown.tree) && curve.roundsSinceBest >= earlyStopping!.rounds) break;
  }
  return {
    ensemble: { trees, base },
    validationLosses: Float64Array.from(curve?.losses ?? []),
    bestTrees: curve?.best ?? trees.length,
  };
}

/** Gradients of the first rows of `workspace.rows` at their present scores; `heaviest` is the largest row weight. */
export function writeSampledGradients(
  workspace: Workspace,
  pool: ThreadPool,
  sampled: number,
  base: number,
  heaviest: number,
): FixedPoint {
  const { job, plan } = workspace;
  const fixed = fixedPoint(plan.rowCount, ...largestGradients(workspace, sampled, base, heaviest));
  job[BASE] = base;
  job[GRADIENT_SCALE] = fixed.gradientScale;
  job[HESSIAN_SCALE] = fixed.hessianScale;
  job[COUNT_SHIFT] = fixed.countShift;
  job[SAMPLED] = sampled;
  pool.run(GRADIENTS, Math.ceil(sampled / BLOCK_ROWS));
  return fixed;
}

function addLeaves({ rows, scores }: Workspace, { value }: Tree, leaves: readonly Leaf[]): void {
  for (const { node, from, to } of leaves) {
    const step = value[node]!;
    for (let i = from; i < to; i++) scores[rows[i]!]! += step;
  }
}

function addTree(workspace: Workspace, pool: ThreadPool, tree: Tree, thresholds: readonly Float32Array[]): void {
  writeNodes(workspace, tree, thresholds);
  pool.run(SCORES, Math.ceil(workspace.plan.rowCount / BLOCK_ROWS));
}

function checkBoosting(data: TreeData, parameters: BoostingParameters): void {
  checkTreeData(data);
  checkParameters(parameters);
  const { learningRate, l2, minGain, rowShare, loss, earlyStopping } = parameters;
  requireNumber("learningRate", learningRate, "a finite number > 0", learningRate > 0 && learningRate < Infinity);
  requireNumber("l2", l2, "a finite number ≥ 0", l2 >= 0 && l2 < Infinity);
  requireNumber("minGain", minGain, "a number ≥ 0", minGain >= 0);
  requireNumber("rowShare", rowShare, "a share in (0, 1]", rowShare > 0 && rowShare <= 1);
  if (earlyStopping !== undefined) {
    const { rounds, data: later } = earlyStopping;
    requireNumber("earlyStopping.rounds", rounds, "a whole number ≥ 1", Number.isInteger(rounds) && rounds >= 1);
    checkTreeData(later);
    requireNumber(
      "earlyStopping.data.width",
      later.width,
      `the training rows', ${data.width}`,
      later.width === data.width,
    );
  }
  checkTargets(loss, data.targets);
  if (earlyStopping !== undefined) checkTargets(loss, earlyStopping.data.targets);
}

function checkTargets(loss: Loss, targets: Float64Array): void {
  if (loss === "squared") return;
  const binary = loss === "logistic";
  const strange = targets.findIndex((y) => (binary ? y !== 0 && y !== 1 : !(y >= 0 && y < Infinity)));
  if (strange >= 0) {
    const expected = binary ? "0 or 1" : "a variance of 0 or more";
    throw new RangeError(`targets[${strange}]: got ${targets[strange]}, expected ${expected}`);
  }
  if (!binary && !targets.some((y) => y > 0))
    throw new RangeError("targets: got variances of 0 only, expected some above");
}
