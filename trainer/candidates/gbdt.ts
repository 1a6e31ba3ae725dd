// Gradient-boosted trees. How many leaves and trees, and whether monotone constraints hold, is chosen on the inner
// folds' held-out blocks, which lie after the rows that the trees were fitted on.
import { resampled, spikeWeight } from "../fit/imbalance.ts";
import { canChoose, judgingFolds } from "../folds/inner-folds.ts";
import type { Split } from "../folds/split.ts";
import { thinned } from "../rows/stretch-sample.ts";
import type { Score } from "../score/score.ts";
import { TreeScore } from "../score/tree-score.ts";
import { constrainedOrFree, type TreeColumns, treeColumns, treeData } from "../score/trees-of-rows.ts";
import { type BinnedData, binRows } from "../trees/binning.ts";
import { type BoostingFit, type BoostingParameters, fitBoosting } from "../trees/boosting.ts";
import { binsFor, leastChildRows, rowShareOf } from "../trees/parameters.ts";
import { truncated } from "../trees/tree.ts";
import type { TreeData } from "../trees/tree-data.ts";
import type { Candidate, FitContext, PreparedCandidate } from "./candidate.ts";

/** Shapes that are tried, from the simplest on. */
const SHAPES = [
  { leaves: 4, minChildShare: 0.03, learningRate: 0.1 },
  { leaves: 8, minChildShare: 0.015, learningRate: 0.1 },
  { leaves: 31, minChildShare: 0.003, learningRate: 0.08 },
] as const;
const MAX_TREES = 250;
/** A curve of held-out losses ends after this many trees without improvement. */
const PATIENCE = 20;
/** Most rows that settings are chosen on: to fit, and to judge. */
const CHOOSING_ROWS = { fit: 200_000, judge: 60_000 } as const;
/** What a tree is grown on: a share of the rows, and at most that many. */
const TREE_ROWS = { share: 0.7, most: 200_000 } as const;

/** One of the settings that are tried. */
interface Setting {
  readonly shape: (typeof SHAPES)[number];
  readonly constrained: boolean;
}

/** Constrained ones first: of equal losses they are taken. */
const SETTINGS: readonly Setting[] = [true, false].flatMap((constrained) =>
  SHAPES.map((shape) => ({ shape, constrained })),
);

/** Used when the held-out rows cannot decide: a simple shape, constrained, and few trees. */
const DEFAULT = { shape: SHAPES[0], constrained: true, trees: 30 } as const;

/** Rows to fit as the trees take them, binned once for all settings. */
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

interface Choice extends Setting {
  readonly trees: number;
  readonly loss: number;
  readonly fits: ReadonlyMap<Int32Array, FoldFit>;
}

export const gbdt: Candidate = {
  family: "gbdt",
  baseline: false,
  calibrateOn: "out-of-fold",
  logOdds: true,
  prepare(context: FitContext, _train: Int32Array, folds: readonly Split[]): PreparedCandidate {
    if (!canChoose(context.data, folds)) {
      const notes = [`${settingText(DEFAULT)}, ${DEFAULT.trees} trees: no held-out rows to choose them by`];
      return { fit: (rows) => fitFixed(context, rows, DEFAULT), notes };
    }
    const judges = judgingFolds(folds).map((fold) => foldRows(context, fold));
    const choices = SETTINGS.map((setting) => trySetting(context, setting, judges));
    const best = choices.reduce((a, b) => (b.loss < a.loss ? b : a));
    const tried = choices.map((choice) => `${settingText(choice)} × ${choice.trees}: ${choice.loss.toFixed(4)}`);
    return {
      fit: (rows) => {
        const judged = best.fits.get(rows);
        return judged === undefined ? fitFixed(context, rows, best) : scoreOf(judged, best.trees);
      },
      notes: [`${settingText(best)}, ${best.trees} trees of mean held-out log loss (${tried.join(", ")})`],
    };
  },
};

function settingText({ shape, constrained }: Setting): string {
  return `${shape.leaves} leaves ${constrained ? "monotone" : "free"}`;
}

/** Fits every inner fold once and sums their curves of held-out losses; a curve that has ended keeps its last value. */
function trySetting(context: FitContext, setting: Setting, folds: readonly FoldRows[]): Choice {
  const fits = new Map(
    folds.map((rows): [Int32Array, FoldFit] => {
      const earlyStopping = { data: rows.heldOut, rounds: PATIENCE };
      return [rows.fold.train, fit(context, rows, setting, { trees: MAX_TREES, earlyStopping })];
    }),
  );
  const held = folds.reduce((sum, { fold }) => sum + fold.test.length, 0);
  let best = { trees: 1, loss: Infinity };
  for (let t = 0; t < MAX_TREES; t++) {
    let loss = 0;
    for (const { fold } of folds) {
      const losses = fits.get(fold.train)!.fit.validationLosses;
      loss += (losses[Math.min(t, losses.length - 1)]! * fold.test.length) / held;
    }
    if (loss < best.loss) best = { trees: t + 1, loss };
  }
  return { ...setting, ...best, fits };
}

function fitRows(context: FitContext, rows: Int32Array): FitRows {
  const { data, seed, imbalance } = context;
  const columns = treeColumns(context, rows);
  const fitted = resampled(imbalance, data, rows, seed);
  const trees = treeData(data, fitted, columns);
  const bins = binRows(trees, binsFor(fitted.length));
  return { columns, data: trees, bins, spikeWeight: spikeWeight(imbalance, data, fitted) };
}

/** A fold with at most `CHOOSING_ROWS`: its fits under another list of rows are not those of `fold.train`. */
function foldRows(context: FitContext, whole: Split): FoldRows {
  const fold = {
    ...whole,
    train: thinned(whole.train, CHOOSING_ROWS.fit),
    test: thinned(whole.test, CHOOSING_ROWS.judge),
  };
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

function fitFixed(context: FitContext, rows: Int32Array, choice: Setting & Pick<Choice, "trees">): Score {
  const { trees } = choice;
  return scoreOf(fit(context, fitRows(context, rows), choice, { trees }), trees);
}

function fit(
  { seed, threads }: FitContext,
  { data, bins, columns: all, spikeWeight: positiveWeight }: FitRows,
  { shape, constrained }: Setting,
  length: Pick<BoostingParameters, "trees" | "earlyStopping">,
): FoldFit {
  const columns = constrainedOrFree(all, constrained);
  const rowShare = rowShareOf(data.targets.length, TREE_ROWS);
  const parameters: BoostingParameters = {
    loss: "logistic",
    learningRate: shape.learningRate,
    leaves: shape.leaves,
    maxBins: binsFor(data.targets.length),
    minChildRows: leastChildRows(shape.minChildShare, rowShare * data.targets.length),
    minChildWeight: 1,
    l2: 1,
    minGain: 0,
    rowShare,
    featureShare: 0.5,
    monotone: columns.monotone,
    positiveWeight,
    seed,
    threads,
    ...length,
  };
  return { columns, fit: fitBoosting(data, parameters, bins) };
}

function scoreOf({ columns, fit: { ensemble } }: FoldFit, trees: number): TreeScore {
  return new TreeScore({ ...columns, ensemble: truncated(ensemble, trees) });
}
