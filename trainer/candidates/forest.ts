// A random forest: deep trees on random rows, their leaves' shares of spikes averaged. It shares the boosting's trees
// and bins. Whether monotone constraints hold is chosen on the inner folds' held-out blocks.
import { resampled, spikeWeight } from "../fit/imbalance.ts";
import { canChoose, judgingFolds } from "../folds/inner-folds.ts";
import type { Split } from "../folds/split.ts";
import { ROWS } from "../../src/features/schema.ts";
import { thinned } from "../rows/stretch-sample.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { TreeScore } from "../score/tree-score.ts";
import { constrainedOrFree, treeColumns, treeData } from "../score/trees-of-rows.ts";
import { fitForest } from "../trees/forest.ts";
import { binsFor, leastChildRows, rowShareOf } from "../trees/parameters.ts";
import type { Candidate, FitContext, PreparedCandidate } from "./candidate.ts";

const FOREST = { trees: 200, leaves: 32, minChildShare: 0.01, featureShare: 1 / 3 } as const;
/** What a tree is grown on: a share of the rows, and at most that many. */
const TREE_ROWS = { share: 0.7, most: 50_000 } as const;
/** A forest that is only to be compared has fewer trees, and rows. */
const CHOOSING = { trees: 25, fit: 200_000, judge: 60_000 } as const;

export const forest: Candidate = {
  family: "forest",
  baseline: false,
  calibrateOn: "out-of-fold",
  prepare(context: FitContext, _train: Int32Array, folds: readonly Split[]): PreparedCandidate {
    const { constrained, note } = chooseConstraints(context, folds);
    return {
      fit: (rows) => fit(context, rows, constrained, FOREST.trees),
      notes: [`${FOREST.trees} trees of at most ${FOREST.leaves} leaves, ${note}`],
    };
  },
};

/** The lower squared error on held-out rows, which is what splits lower; constrained without such rows. */
function chooseConstraints(
  context: FitContext,
  folds: readonly Split[],
): { readonly constrained: boolean; readonly note: string } {
  if (!canChoose(context.data, folds)) return { constrained: true, note: "monotone: no held-out rows to choose by" };
  const [monotone, free] = [true, false].map((constrained) => heldOutError(context, judgingFolds(folds), constrained));
  const constrained = !(free! < monotone!);
  const errors = `monotone: ${monotone!.toFixed(5)}, free: ${free!.toFixed(5)}`;
  return { constrained, note: `${constrained ? "monotone" : "free"} of held-out squared error (${errors})` };
}

function heldOutError(context: FitContext, folds: readonly Split[], constrained: boolean): number {
  const { label, values } = context.data.rows;
  const width = ROWS[context.row].length;
  let sum = 0;
  let count = 0;
  for (const { train, test } of folds) {
    const score = fit(context, thinned(train, CHOOSING.fit), constrained, CHOOSING.trees);
    const judged = thinned(test, CHOOSING.judge);
    const weights = symbolWeights(context.data, judged);
    score.scoreRows(values[context.row], judged, width).forEach((s, i) => {
      sum += (weights?.[i] ?? 1) * (s - label[judged[i]!]!) ** 2;
    });
    count += judged.length;
  }
  return sum / count;
}

function fit(context: FitContext, rows: Int32Array, constrained: boolean, trees: number): TreeScore {
  const { data, seed, threads, imbalance } = context;
  const columns = constrainedOrFree(treeColumns(context, rows), constrained);
  const fitted = resampled(imbalance, data, rows, seed);
  const rowShare = rowShareOf(fitted.length, TREE_ROWS);
  const ensemble = fitForest(treeData(data, fitted, columns), {
    trees,
    leaves: FOREST.leaves,
    maxBins: binsFor(fitted.length),
    minChildRows: leastChildRows(FOREST.minChildShare, rowShare * fitted.length),
    minChildWeight: 0,
    featureShare: FOREST.featureShare,
    rowShare,
    monotone: columns.monotone,
    positiveWeight: spikeWeight(imbalance, data, fitted),
    seed,
    threads,
  });
  return new TreeScore({ ...columns, ensemble });
}
