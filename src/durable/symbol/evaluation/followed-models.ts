// Selects the serving models that a symbol's monitor follows: those whose label spec the symbol's engine computes.
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import type { Scorer } from "../../../model/artifact.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { QualityGuards, QualityPair, QualitySeries } from "../../../quality/quality-series.ts";
import { SCORED } from "../../../model/scored-alias.ts";

/** A model and the position of its label spec in the engine. */
export interface PlacedModel {
  readonly scorer: Scorer;
  readonly spec: number;
}

export interface FollowedModels {
  /** Each model once, even if it holds several aliases, in the order of the aliases. */
  readonly series: readonly QualitySeries[];
  /**
   * The comparison of champion and challenger; `undefined` if one of them is not followed or both are the same model.
   */
  readonly pair: QualityPair | undefined;
  /** Whom the champion is compared with beside the challenger; none without a champion. */
  readonly guards: QualityGuards;
  readonly champion: PlacedModel | undefined;
}

export function followedModels(features: FeatureEngine, { byAlias }: ServedModels): FollowedModels {
  const placed = (scorer: Scorer | undefined): PlacedModel | undefined => {
    const spec = scorer === undefined ? -1 : features.indexOfLabelSpec(scorer.manifest.label);
    return scorer === undefined || spec < 0 ? undefined : { scorer, spec };
  };
  const series: QualitySeries[] = [];
  for (const alias of SCORED) {
    const model = placed(byAlias[alias]);
    if (model === undefined || series.some(({ sha256 }) => sha256 === model.scorer.manifest.onnxSha256)) continue;
    series.push(seriesOf(model));
  }
  const champion = placed(byAlias.champion);
  return { series, pair: pairOf(champion, placed(byAlias.challenger)), guards: guardsOf(champion, byAlias), champion };
}

function seriesOf({ scorer, spec }: PlacedModel): QualitySeries {
  const { onnxSha256: sha256, threshold, label, scoreEdges } = scorer.manifest;
  const { horizonSteps } = label;
  return { sha256, threshold, edges: scoreEdges ?? [], labelText: labelSpecText(label), spec, horizonSteps };
}

function guardsOf(champion: PlacedModel | undefined, byAlias: ServedModels["byAlias"]): QualityGuards {
  if (champion === undefined) return {};
  const { manifest } = champion.scorer;
  const guards: { -readonly [role in keyof QualityGuards]: QualityGuards[role] } = {};
  for (const role of ["predecessor", "reference"] as const) {
    const rival = byAlias[role]?.manifest;
    if (rival === undefined || rival.onnxSha256 === manifest.onnxSha256) continue;
    if (labelSpecText(rival.label) === labelSpecText(manifest.label)) guards[role] = rival.onnxSha256;
  }
  return guards;
}

function pairOf(champion: PlacedModel | undefined, challenger: PlacedModel | undefined): QualityPair | undefined {
  if (champion === undefined || challenger === undefined) return undefined;
  const pair = {
    champion: champion.scorer.manifest.onnxSha256,
    challenger: challenger.scorer.manifest.onnxSha256,
  };
  return pair.champion === pair.challenger ? undefined : pair;
}
