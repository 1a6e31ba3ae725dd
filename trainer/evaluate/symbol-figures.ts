// The tested model on each symbol by itself, beside the figures over all of them: a pooled figure can hide a symbol on
// which the model is no better than the baseline.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { brierGain } from "../gate/brier-gain.ts";
import type { Dataset } from "../rows/dataset.ts";
import { describeRows, type RowFigures } from "../rows/row-figures.ts";
import type { FamilyPredictions, Predictions } from "../score/predictions.ts";
import { assignBlocks } from "./intervals/assign-blocks.ts";
import { jackknifeFigures } from "./intervals/jackknife-figures.ts";

/** The tested family on the pooled test rows of one symbol; a figure without an interval is `null`. */
export interface SymbolReport extends RowFigures {
  readonly symbol: string;
  readonly prAuc: Figure | null;
  readonly brierSkill: Figure | null;
  readonly ece: Figure | null;
  /** Brier score of the run's reference minus that of the family, by blocks of time; `null` for the reference. */
  readonly gain: Figure | null;
}

/** Means over the symbols, each counting the same, of those that have the figure; `null` where none has. */
interface SymbolMeans {
  readonly prAuc: number | null;
  readonly brierSkill: number | null;
  readonly ece: number | null;
  readonly gain: number | null;
}

/** Per symbol of the test rows, and their means; no symbols where all rows are of one, whose figures are the run's. */
export interface SymbolFigures {
  /** The family they are of. */
  readonly family: string;
  readonly symbols: readonly SymbolReport[];
  readonly means: SymbolMeans;
}

/** Figures of the family that the gate tests. */
export function symbolFigures(data: Dataset, predictions: Predictions): SymbolFigures {
  const { family } = predictions.chosen;
  const reference = predictions.reference.family;
  const [tested, baseline] = [predictions.families.get(family), predictions.families.get(reference)];
  const complete = (found: FamilyPredictions | undefined) => (found?.refused === null ? found : undefined);
  const models = { tested: complete(tested), baseline: family === reference ? undefined : complete(baseline) };
  const symbols = data.symbols.flatMap((symbol, s): SymbolReport[] => {
    const places = Int32Array.from(predictions.rows.keys()).filter((i) => data.rows.symbol[predictions.rows[i]!] === s);
    return places.length === 0 || places.length === predictions.rows.length
      ? []
      : [{ symbol, ...figuresOf(data, predictions.rows, places, models) }];
  });
  const mean = (of: (symbol: SymbolReport) => Figure | null): number | null => {
    const values = symbols.flatMap((symbol) => of(symbol)?.value ?? []);
    return values.length === 0 ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
  };
  const means = {
    prAuc: mean(({ prAuc }) => prAuc),
    brierSkill: mean(({ brierSkill }) => brierSkill),
    ece: mean(({ ece }) => ece),
    gain: mean(({ gain }) => gain),
  };
  return { family, symbols, means };
}

interface Models {
  readonly tested: FamilyPredictions | undefined;
  readonly baseline: FamilyPredictions | undefined;
}

/** @param places of one symbol's rows among the test rows. */
function figuresOf(
  data: Dataset,
  testRows: Int32Array,
  places: Int32Array,
  { tested, baseline }: Models,
): Omit<SymbolReport, "symbol"> {
  const rows = places.map((i) => testRows[i]!);
  const labels = Uint8Array.from(rows, (k) => data.rows.label[k]!);
  const blocks = assignBlocks(data.rows, rows);
  const own = (all: Float32Array): Float32Array => Float32Array.from(places, (i) => all[i]!);
  const described = describeRows(data, rows);
  if (tested === undefined) return { ...described, prAuc: null, brierSkill: null, ece: null, gain: null };
  const probabilities = own(tested.probabilities);
  const threshold = Float64Array.from(places, (i) => tested.thresholds[i]!);
  const model = { name: tested.family, probabilities, threshold };
  const figures = jackknifeFigures({ labels, blocks, models: [model] }).models[tested.family];
  return {
    ...described,
    prAuc: figures?.prAuc ?? null,
    brierSkill: figures?.brierSkill ?? null,
    ece: figures?.ece ?? null,
    gain: baseline === undefined ? null : brierGain(labels, blocks, probabilities, own(baseline.probabilities)),
  };
}
