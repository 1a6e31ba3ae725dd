// A random forest: trees on random rows, each split on random columns, their leaves' means averaged.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { type BinnedData, binsOf } from "./binning.ts";
import { writeSampledGradients } from "./boosting.ts";
import { slotsNeeded, TreeGrower } from "./grower.ts";
import { baseScore } from "./loss.ts";
import {
  checkParameters,
  effectiveWeights,
  heaviestWeight,
  requireNumber,
  ROWS_WORTH_THREADS,
  type TreeParameters,
} from "./parameters.ts";
import { drawBootstrap, drawRows } from "./row-sampling.ts";
import { ThreadPool } from "./thread-pool.ts";
import type { Tree, TreeEnsemble } from "./tree.ts";
import { checkTreeData, type TreeData } from "./tree-data.ts";
import { fitPlan, Workspace } from "./workspace.ts";

export interface ForestParameters extends TreeParameters {
  /** "bootstrap": as many rows as there are, drawn with replacement; a share in (0, 1]: drawn without. */
  readonly rowShare: number | "bootstrap";
  /** Whether columns are drawn for each split, which is the default, or once for each tree. */
  readonly columnsPer?: "split" | "tree";
}

/**
 * Fits a forest. Splits lower the weighted variance of the targets, which for 0 and 1 is half the Gini impurity.
 *
 * The score is plainly the mean over the trees of their leaves' weighted mean targets, for targets 0 and 1 a
 * probability (to float32 rounding): `base` is the mean target, and a leaf holds (its mean − `base`) / trees.
 * `minChildWeight` counts row weights.
 * @param binned `binRows(data, parameters.maxBins)`, when it is already there. One fit at a time may use it.
 * @throws RangeError for parameters outside their limits, for what `checkTreeData` refuses, and for bins of other rows.
 */
export function fitForest(data: TreeData, parameters: ForestParameters, binned?: BinnedData): TreeEnsemble {
  checkTreeData(data);
  checkParameters(parameters);
  const { rowShare } = parameters;
  if (rowShare !== "bootstrap") {
    requireNumber("rowShare", rowShare, 'a share in (0, 1] or "bootstrap"', rowShare > 0 && rowShare <= 1);
  }
  const bins = binsOf(data, parameters.maxBins, binned);
  const pool = new ThreadPool(bins.rowCount < ROWS_WORTH_THREADS ? 1 : parameters.threads);
  try {
    return plant(data, parameters, bins, pool);
  } finally {
    pool.close();
  }
}

function plant(data: TreeData, parameters: ForestParameters, binned: BinnedData, pool: ThreadPool): TreeEnsemble {
  const { leaves, minChildRows, minChildWeight, positiveWeight, seed, rowShare, featureShare } = parameters;
  const { thresholds, rowCount } = binned;
  const rules = { l2: 0, minGain: 0, minChildRows, minChildWeight };
  const slots = slotsNeeded(rowCount, leaves, minChildRows);
  const workspace = new Workspace(
    fitPlan(binned, { slots, leaves, loss: "squared", rules, monotone: parameters.monotone }),
  );
  pool.use(workspace);
  workspace.targets.set(data.targets);
  workspace.weights.set(effectiveWeights(data, positiveWeight));
  workspace.scores.fill(0);
  const base = baseScore("squared", workspace.targets, workspace.weights);
  const rowRandom = new SeededRandom(`${seed}:rows`);
  const all = drawRows(workspace.rows, 1, rowRandom);
  const fixed = writeSampledGradients(workspace, pool, all, base, heaviestWeight(workspace.weights));
  const columns = {
    share: featureShare,
    per: parameters.columnsPer ?? "split",
    random: new SeededRandom(`${seed}:columns`),
  };
  const leafScale = 1 / parameters.trees;
  const trees: Tree[] = [];
  while (trees.length < parameters.trees) {
    const { rows } = workspace;
    const sampled = rowShare === "bootstrap" ? drawBootstrap(rows, rowRandom) : drawRows(rows, rowShare, rowRandom);
    const growth = { rowCount: sampled, leaves, fixed, leafScale, columns, thresholds };
    trees.push(new TreeGrower(workspace, pool, growth).grow().tree);
  }
  return { trees, base };
}
