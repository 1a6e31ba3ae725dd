// What a symbol's live prediction rests on, as a plain value that crosses RPC.
import { explainRow, type RowExplanation } from "../../../model/explain-row.ts";
import type { LiveGrid, GridServing } from "../live-symbol.ts";
import type { Prediction } from "../prediction.ts";

export interface SymbolExplanation extends RowExplanation {
  /** `null` before the first closed step. */
  readonly prediction: Prediction | null;
}

/**
 * Of the grid's last step, whose prediction must be by the models that serve. Never throws for a model: `missing` then
 * says why.
 */
export async function symbolExplanation(
  { engine, latest }: LiveGrid,
  { models }: GridServing,
): Promise<SymbolExplanation> {
  const nothing = { prediction: latest?.prediction ?? null, features: [] };
  if (latest === undefined) return { ...nothing, missing: ["steps: none is closed yet"] };
  const { prediction } = latest;
  if (prediction.probability === null) return { ...nothing, missing: prediction.missing };
  const { features } = engine;
  const scorer = models.served.byAlias[prediction.variant];
  const spec = scorer === undefined ? -1 : features.indexOfLabelSpec(scorer.manifest.label);
  if (scorer === undefined || spec < 0) return { ...nothing, missing: ["model: it does not serve any more"] };
  const row = new Float32Array(scorer.columns.length);
  features.lastStep.row(scorer.manifest.row, 0, spec, scorer.columns, row, 0);
  try {
    return { prediction, ...(await explainRow(scorer, row)) };
  } catch (error) {
    return { ...nothing, missing: [`contributions: the model failed: ${String(error)}`] };
  }
}
