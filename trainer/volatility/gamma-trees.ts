// Boosted trees that forecast the horizon's variance by QLIKE itself: the gamma loss with a logarithmic link.
import { innerFolds } from "../folds/inner-folds.ts";
import { thinned } from "../rows/stretch-sample.ts";
import type { Score } from "../score/score.ts";
import { TreeScore } from "../score/tree-score.ts";
import { constrainedOrFree, type TreeColumns, treeColumns, treeData } from "../score/trees-of-rows.ts";
import { type BoostingParameters, fitBoosting } from "../trees/boosting.ts";
import { binsFor, leastChildRows, rowShareOf } from "../trees/parameters.ts";
import { scaled, truncated } from "../trees/tree.ts";
import type { TreeData } from "../trees/tree-data.ts";
import { boundedForecast, type ForecastContext, type Forecaster } from "./forecaster.ts";

const MAX_TREES = 250;
const PATIENCE = 20;
/** Without held-out rows to choose by. */
const DEFAULT_TREES = 30;
/** Most rows that the number of trees is chosen on: to fit, and to judge. */
const CHOOSING_ROWS = { fit: 200_000, judge: 60_000 } as const;
const TREE_ROWS = { share: 0.7, most: 200_000 } as const;
const SHAPE = { leaves: 15, minChildShare: 0.005, learningRate: 0.08 } as const;

/** Free trees on all columns; how many is chosen on the last inner fold's held-out rows. */
export const GAMMA_TREES: Forecaster = {
  name: "gamma",
  fit: (context, rows) => boundedForecast(context.data, rows, fitTrees(context, rows, chooseTrees(context, rows))),
};

function chooseTrees(context: ForecastContext, rows: Int32Array): number {
  const fold = innerFolds(context.data, rows).at(-1);
  if (fold === undefined) return DEFAULT_TREES;
  const train = thinned(fold.train, CHOOSING_ROWS.fit);
  const columns = columnsOf(context, train);
  const later = variancesOf(context, thinned(fold.test, CHOOSING_ROWS.judge), columns);
  const earlyStopping = { data: later, rounds: PATIENCE };
  const data = variancesOf(context, train, columns);
  return fitBoosting(data, parametersOf(context, data.targets.length, { trees: MAX_TREES, earlyStopping })).bestTrees;
}

/** The trees forecast ln σ², of which ln σ is half. */
function fitTrees(context: ForecastContext, rows: Int32Array, trees: number): Score {
  const columns = columnsOf(context, rows);
  const data = variancesOf(context, rows, columns);
  const { ensemble } = fitBoosting(data, parametersOf(context, data.targets.length, { trees }));
  return new TreeScore({ ...columns, ensemble: scaled(truncated(ensemble, trees), 0.5) });
}

function columnsOf(context: ForecastContext, rows: Int32Array): TreeColumns {
  return constrainedOrFree(treeColumns(context, rows), false);
}

function variancesOf({ data }: ForecastContext, rows: Int32Array, columns: TreeColumns): TreeData {
  return treeData(data, rows, columns, (k) => data.rows.ratio[k]! * data.rows.ratio[k]!);
}

function parametersOf(
  { seed, threads }: ForecastContext,
  rowCount: number,
  length: Pick<BoostingParameters, "trees" | "earlyStopping">,
): BoostingParameters {
  const rowShare = rowShareOf(rowCount, TREE_ROWS);
  return {
    loss: "gamma",
    learningRate: SHAPE.learningRate,
    leaves: SHAPE.leaves,
    maxBins: binsFor(rowCount),
    minChildRows: leastChildRows(SHAPE.minChildShare, rowShare * rowCount),
    minChildWeight: 1,
    l2: 1,
    minGain: 0,
    rowShare,
    featureShare: 0.5,
    positiveWeight: 1,
    seed,
    threads,
    ...length,
  };
}
