// Figures of several models on the same rows, each with a 95 % interval, and the intervals of their differences.
import type { Figure } from "../../../src/model/manifest-evaluation.ts";
import { figureInterval, gainInterval, type Jackknife } from "../../../src/quality/figure-intervals.ts";
import { BlockSums } from "./block-sums.ts";
import { type GroupedRows, groupRows } from "./group-rows.ts";
import { checkPredictionSet, type ModelPredictions, type PredictionSet } from "./prediction-set.ts";
import { RankedRows } from "./ranked-rows.ts";

const INTERVAL_NAMES = ["prAuc", "lift", "rocAuc", "brier", "brierSkill", "logLoss", "ece"] as const;
const VALUE_NAMES = [...INTERVAL_NAMES, "precision", "recall", "f1", "alertRate"] as const;
type IntervalName = (typeof INTERVAL_NAMES)[number];
type ValueName = (typeof VALUE_NAMES)[number];

/** A figure is `null` where it does not exist, as PR-AUC without a spike. */
type Figures<Name extends string, T> = Readonly<Record<Name, T | null>>;

export interface JackknifeResult {
  readonly blocks: number;
  /** Groups of blocks that were left out one at a time, and those of them with a spike. */
  readonly groups: number;
  readonly spikeGroups: number;
  /** The figures on all rows, per model. */
  readonly values: Readonly<Record<string, Figures<ValueName, number>>>;
  /** Those with an interval; all `null` with fewer than two groups with a spike. */
  readonly models: Readonly<Record<string, Figures<IntervalName, Figure>>>;
  /** Model `a` minus model `b`. Throws `RangeError` for a name that is not in the set. */
  readonly paired: (a: string, b: string) => Figures<IntervalName, Figure>;
}

/**
 * Student's t on a delete-a-group jackknife (`jackknifeInterval`), the live windows' own: neighbouring rows share their
 * label's horizon and their market, so whole groups of blocks of time are left out, the same for every model, and the
 * figure is computed on all rows that are left. `npm run bench:coverage` prints how often they cover the truth. They
 * are valid for markets like the one tested.
 *
 * Cost per group and model: one walk over the rows, without sorting (`RankedRows`), and one over the groups
 * (`BlockSums`).
 */
export function jackknifeFigures(set: PredictionSet): JackknifeResult {
  const { models, labels } = set;
  const blocks = checkPredictionSet(set);
  const grouped = groupRows(labels, set.blocks);
  const measured = models.map((model) => measureModel(labels, model, grouped));
  const place = (name: string): Jackknife => {
    const found = measured[models.findIndex((model) => model.name === name)];
    if (found !== undefined) return found;
    throw new RangeError(`model: got ${name}, expected one of ${models.map((model) => model.name).join(", ")}`);
  };
  const perModel = <T>(of: (one: MeasuredModel) => T): Record<string, T> =>
    Object.fromEntries(models.map(({ name }, m) => [name, of(measured[m]!)]));
  return {
    blocks,
    groups: grouped.hasSpike.length,
    spikeGroups: grouped.hasSpike.reduce((sum, flag) => sum + flag, 0),
    values: perModel(({ whole }) => byName(VALUE_NAMES, (name) => (Number.isNaN(whole[name]) ? null : whole[name]))),
    models: perModel((one) => byName(INTERVAL_NAMES, (name) => figureInterval(name, one))),
    paired: (nameA, nameB) => {
      const [a, b] = [place(nameA), place(nameB)];
      return byName(INTERVAL_NAMES, (name) => gainInterval(name, a, b));
    },
  };
}

type Values = Readonly<Record<ValueName, number>> & { readonly gaps: Float64Array };

interface MeasuredModel extends Jackknife {
  readonly whole: Values;
}

function measureModel(labels: Uint8Array, model: ModelPredictions, { groups, hasSpike }: GroupedRows): MeasuredModel {
  const ranked = new RankedRows(labels, model.probabilities, groups, hasSpike.length);
  const groupSums = new BlockSums(labels, model, groups, hasSpike.length);
  const times = new Int32Array(hasSpike.length).fill(1);
  const figures = (): Values => {
    const sums = groupSums.figures(times);
    const rank = { prAuc: NaN, rocAuc: NaN };
    ranked.figures(times, sums, rank);
    return { ...sums, ...rank, lift: (rank.prAuc * sums.rows) / sums.positives };
  };
  const whole = figures();
  const without = Array.from(times, (_, g) => {
    times[g] = 0;
    const found = figures();
    times[g] = 1;
    return found;
  });
  return { whole, without, hasSpike };
}

function byName<Name extends string, T>(names: readonly Name[], of: (name: Name) => T): Readonly<Record<Name, T>> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;
}
