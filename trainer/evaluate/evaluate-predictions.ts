// Figures with intervals of every family on the pooled test rows, paired with the baselines', and fold by fold.
import type { Evaluation, Figure, Gate } from "../../src/model/manifest-evaluation.ts";
import { assignBlocks } from "./intervals/assign-blocks.ts";
import { jackknifeFigures, type JackknifeResult } from "./intervals/jackknife-figures.ts";
import type { Dataset } from "../rows/dataset.ts";
import { judge, type JudgedModel } from "../gate/gate.ts";
import type { FamilyPredictions, Predictions } from "../score/predictions.ts";
import { describeRows, type RowFigures } from "../rows/row-figures.ts";
import { missingReason } from "../report/verdict-text.ts";
import type { FoldReport, PairedFigures } from "../run/run-report.ts";
import type { Split } from "../folds/split.ts";

/** All figures of a run. They are `null` where spikes in fewer than two groups of blocks leave no interval. */
export class RunFigures {
  readonly test: RowFigures;
  readonly labels: Uint8Array;
  /** Block of each pooled test row. */
  readonly blocks: Int32Array;
  private readonly predictions: Predictions;
  private readonly result: JackknifeResult;
  private readonly method: string;

  /** @param method how the rows were obtained, in words; part of every evaluation. */
  constructor(data: Dataset, predictions: Predictions, method: string) {
    const { rows } = predictions;
    this.predictions = predictions;
    this.test = describeRows(data, rows);
    this.labels = Uint8Array.from(rows, (k) => data.rows.label[k]!);
    this.blocks = assignBlocks(data.rows, rows);
    this.result = withIntervals(this.labels, this.blocks, complete(predictions));
    const { blocks, groups, spikeGroups } = this.result;
    this.method = `${method}; intervals: jackknife t over ${groups} groups of ${blocks} blocks, ${spikeGroups} with a spike`;
  }

  /** Groups of blocks with a spike: what the intervals stand on. */
  get spikeGroups(): number {
    return this.result.spikeGroups;
  }

  /** Why a family has no figures; `null` when it has. */
  missing(family: string): string | null {
    const refused = this.predictions.families.get(family)?.refused ?? null;
    if (refused !== null || this.result.models[family]?.brier) return refused;
    const { groups, spikeGroups } = this.result;
    return `${spikeGroups} of ${groups} groups of blocks have a spike, an interval needs 2: no figure without it`;
  }

  /** The family's figures; `null` when it has none, for the reason that `missing` gives. */
  evaluation(family: string): Evaluation | null {
    const figures = this.result.models[family];
    const values = this.result.values[family];
    if (figures === undefined || values === undefined) return null;
    const { prAuc, lift, rocAuc, brier, brierSkill, logLoss, ece } = figures;
    if (brier === null || logLoss === null || ece === null) return null;
    const { precision, recall, f1 } = values;
    return {
      method: this.method,
      ...this.test,
      prAuc,
      lift,
      rocAuc,
      brier,
      brierSkill,
      logLoss,
      ece,
      precision,
      recall,
      f1,
    };
  }

  /** Against the reference and `zscore`, where they have figures themselves, on the same blocks. */
  paired(family: string): Record<string, PairedFigures> {
    const paired: Record<string, PairedFigures> = {};
    for (const reference of new Set([this.predictions.reference.family, "zscore"])) {
      if (family === reference || this.evaluation(family) === null || this.evaluation(reference) === null) continue;
      const { prAuc, brier } = this.result.paired(family, reference);
      paired[reference] = { prAuc, brier };
    }
    return paired;
  }

  /** The one test of what the training rows chose. */
  gate(): Gate {
    const { episodes } = this.test;
    const { chosen: choice, reference: baseline } = this.predictions;
    const names = [choice.family, baseline.family] as const;
    const judged = names.map((family): JudgedModel | undefined => {
      const found = this.predictions.families.get(family);
      const values = this.result.values[family];
      if (found === undefined || values === undefined) return undefined;
      return { probabilities: found.probabilities, prAuc: values.prAuc, ece: values.ece ?? NaN };
    });
    const [chosen, reference] = judged;
    if (chosen === undefined || reference === undefined) {
      const reasons = names.flatMap((family, i) => (judged[i] === undefined ? [`no_figures_of_${family}`] : []));
      return { verdict: "refused", reasons, episodes, gains: {} };
    }
    return judge({
      labels: this.labels,
      blocks: this.blocks,
      episodes,
      chosen,
      reference: { ...reference, family: baseline.family },
    });
  }
}

/** PR-AUC of every family on one fold's test rows, or why there is none. */
export function foldPrAuc(
  data: Dataset,
  predictions: Predictions,
  { test }: Split,
  at: number,
): Pick<FoldReport, "prAuc" | "noPrAuc"> {
  const labels = Uint8Array.from(test, (k) => data.rows.label[k]!);
  const families = [...predictions.families.values()].map((family) => ({
    ...family,
    probabilities: family.probabilities.slice(at, at + test.length),
    thresholds: family.thresholds.slice(at, at + test.length),
  }));
  const isFitted = ({ probabilities }: FamilyPredictions): boolean => !probabilities.some(Number.isNaN);
  const blocks = assignBlocks(data.rows, test);
  const { models, spikeGroups } = withIntervals(labels, blocks, families.filter(isFitted));
  const prAuc: Record<string, Figure | null> = {};
  const noPrAuc: Record<string, string> = {};
  for (const one of families) {
    const figure = models[one.family]?.prAuc ?? null;
    prAuc[one.family] = figure;
    if (figure !== null) continue;
    const tooFew =
      spikeGroups < 2 ? `${spikeGroups} group of blocks with a spike, needs 2` : "calm rows are in too few blocks";
    noPrAuc[one.family] = isFitted(one) ? missingReason(describeRows(data, test), tooFew) : "not fitted";
  }
  return { prAuc, noPrAuc };
}

/** Families with a prediction for every test row. */
function complete({ families }: Predictions): FamilyPredictions[] {
  return [...families.values()].filter(({ refused }) => refused === null);
}

function withIntervals(
  labels: Uint8Array,
  blocks: Int32Array,
  families: readonly FamilyPredictions[],
): JackknifeResult {
  const models = families.map(({ family, probabilities, thresholds }) => ({
    name: family,
    probabilities,
    threshold: thresholds,
  }));
  return jackknifeFigures({ labels, blocks, models });
}
