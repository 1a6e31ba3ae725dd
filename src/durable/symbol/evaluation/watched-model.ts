// The champion as the alert rules' evidence knows it.
import type { ServedModels } from "../../../model/model-host.ts";
import type { WatchedModel } from "../../../quality/alert-evidence/alert-evidence.ts";
import type { QualitySeries } from "../../../quality/quality-series.ts";
import type { PlacedModel } from "./followed-models.ts";

/** @param series the followed models: a reference that is not among them, or has another label, is none. */
export function watchedModel(
  { scorer: { manifest } }: PlacedModel,
  series: readonly QualitySeries[],
  { byAlias }: ServedModels,
): WatchedModel {
  const { onnxSha256: sha256, threshold, scoreEdges, label, evaluation } = manifest;
  const labelText = series.find((one) => one.sha256 === sha256)!.labelText;
  const reference = byAlias.reference?.manifest.onnxSha256;
  const isCompared = series.some((one) => one.sha256 === reference && one.labelText === labelText);
  return {
    ...{ sha256, labelText, threshold, horizonSteps: label.horizonSteps, edges: scoreEdges ?? [] },
    prAuc: evaluation?.prAuc ?? null,
    reference: reference === undefined || reference === sha256 || !isCompared ? null : reference,
  };
}
