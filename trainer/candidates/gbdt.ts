// Gradient-boosted trees with monotone constraints. How many leaves and how many trees is chosen on the inner folds'
// held-out blocks, which lie after the rows that the trees were fitted on.
import { resampled, spikeWeight } from "../fit/imbalance.ts";
import { canChoose, judgingFolds } from "../folds/inner-folds.ts";
import type { Score } from "../score/score.ts";
import type { Split } from "../folds/split.ts";
import { TreeScore } from "../score/tree-score.ts";
import { type BinnedData, binRows } from "../trees/binning.ts";
import { type BoostingFit, type BoostingParameters, fitBoosting } from "../trees/boosting.ts";
import { truncated } from "../trees/tree.ts";
import type { TreeData } from "../trees/tree-data.ts";
import { type TreeColumns, treeColumns, treeData } from "../score/trees-of-rows.ts";
import type { Candidate, FitContext, PreparedCandidate } from "./candidate.ts";

/** Shapes that are tried, from the simplest on. */
const SHAPES = [
  { leaves: 4, minChildShare: 0.02 },
  { leaves: 8, minChildShare: 0.01 },
  { leaves: 31, minChildShare: 0.002 },
] as const;
const MAX_TREES = 200;
/** A curve of held-out losses ends after this many trees without improvement. */
const PATIENCE = 20;
const LEARNING_RATE = 0.1;
const MAX_BINS = 255;

type Shape = (typeof SHAPES)[number];

/** Used when the held-out rows cannot decide: a simple shape and few trees. */
const DEFAULT = { shape: SHAPES[0], trees: 30 } as const;

/** Rows to fit as the trees take them, binned once for all shapes. */
interface FitRows {
  readonly columns: TreeColumns;
  readonly data: TreeData;
  readonly bins: BinnedData;
  readonly spikeWeight: number;
}

interface FoldRows extends FitRows {
  readonly fold: Split;
  readonly heldOut: TreeData;
}

interface FoldFit {
  readonly columns: TreeColumns;
  readonly fit: BoostingFit;
}

interface Choice {
  readonly shape: Shape;
  readonly trees: number;
  readonly loss: number;
  readonly fits: ReadonlyMap<Split, FoldFit>;
}

export const gbdt: Candidate = {
  family: "gbdt",
  baseline: false,
  row: "default-1",
  calibrateOn: "out-of-fold",
  prepare(context: FitContext, _train: Int32Array, folds: readonly Split[]): PreparedCandidate {
    if (!canChoose(context.data, folds)) {
      const { shape, trees } = DEFAULT;
      const notes = [`${shape.leaves} leaves, ${trees} trees: no held-out rows to choose them by`];
      return { fit: (rows) => fitFixed(context, rows, DEFAULT), notes };
    }
    const judges = judgingFolds(folds).map((fold) => foldRows(context, fold));
    const choices = SHAPES.map((shape) => tryShape(context, shape, judges));
    const best = choices.reduce((a, b) => (b.loss < a.loss ? b : a));
    const tried = choices.map(({ shape, trees, loss }) => `${shape.leaves} leaves × ${trees}: ${loss.toFixed(4)}`);
    return {
      fit: (rows) => {
        const judged = best.fits.get(folds.find(({ train }) => train === rows)!);
        return judged === undefined ? fitFixed(context, rows, best) : scoreOf(judged, best.trees);
      },
      notes: [`${best.shape.leaves} leaves, ${best.trees} trees of mean held-out log loss (${tried.join(", ")})`],
    };
  },
};

/** Fits every inner fold once and sums their curves of held-out losses; a curve that has ended keeps its last value. */
function tryShape(context: FitContext, shape: Shape, folds: readonly FoldRows[]): Choice {
  const fits = new Map(
    folds.map((rows): [Split, FoldFit] => {
      const earlyStopping = { data: rows.heldOut, rounds: PATIENCE };
      return [
        rows.fold,
        { columns: rows.columns, fit: fit(context, rows, shape, { trees: MAX_TREES, earlyStopping }) },
      ];
    }),
  );
  const held = folds.reduce((sum, { fold }) => sum + fold.test.length, 0);
  let best = { trees: 1, loss: Infinity };
  for (let t = 0; t < MAX_TREES; t++) {
    let loss = 0;
    for (const [{ test }, { fit }] of fits) {
      const losses = fit.validationLosses;
      loss += (losses[Math.min(t, losses.length - 1)]! * test.length) / held;
    }
    if (loss < best.loss) best = { trees: t + 1, loss };
  }
  return { shape, ...best, fits };
}

function fitRows({ data, seed, imbalance }: FitContext, rows: Int32Array): FitRows {
  const columns = treeColumns(data, rows);
  const fitted = resampled(imbalance, data, rows, seed);
  const trees = treeData(data, fitted, columns);
  return { columns, data: trees, bins: binRows(trees, MAX_BINS), spikeWeight: spikeWeight(imbalance, data, fitted) };
}

function foldRows(context: FitContext, fold: Split): FoldRows {
  const rows = fitRows(context, fold.train);
  return { ...rows, fold, heldOut: heldOut(context, fold.test, rows.columns) };
}

/** Held-out rows. Calm ones are weighted by `calmShare`, so that the loss has the level at which trees are fitted. */
function heldOut({ data, imbalance: { calmShare } }: FitContext, rows: Int32Array, columns: TreeColumns): TreeData {
  const held = treeData(data, rows, columns);
  if (calmShare === 1) return held;
  const weightOf = (k: number, i: number): number =>
    (data.rows.label[k] === 1 ? 1 : calmShare) * (held.weights?.[i] ?? 1);
  return { ...held, weights: Float64Array.from(rows, weightOf) };
}

function fitFixed(context: FitContext, rows: Int32Array, { shape, trees }: Pick<Choice, "shape" | "trees">): Score {
  const binned = fitRows(context, rows);
  return scoreOf({ columns: binned.columns, fit: fit(context, binned, shape, { trees }) }, trees);
}

function fit(
  { seed, threads }: FitContext,
  { data, bins, columns, spikeWeight: positiveWeight }: FitRows,
  shape: Shape,
  length: Pick<BoostingParameters, "trees" | "earlyStopping">,
): BoostingFit {
  const parameters: BoostingParameters = {
    loss: "logistic",
    learningRate: LEARNING_RATE,
    leaves: shape.leaves,
    maxBins: MAX_BINS,
    minChildRows: Math.max(20, Math.round(shape.minChildShare * data.targets.length)),
    minChildWeight: 1,
    l2: 1,
    minGain: 0,
    rowShare: 0.7,
    featureShare: 0.5,
    monotone: columns.monotone,
    positiveWeight,
    seed,
    threads,
    ...length,
  };
  return fitBoosting(data, parameters, bins);
}

function scoreOf({ columns, fit: { ensemble } }: FoldFit, trees: number): TreeScore {
  return new TreeScore({ row: "default-1", ...columns, ensemble: truncated(ensemble, trees) });
}
