// Taking other models into use: the label specs that the engine computes, and the models that the monitor follows.
import type { FeatureEngine } from "../../features/feature-engine.ts";
import { type LabelSpec, labelSpecText } from "../../features/label-spec.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { LiveSymbol } from "./live-symbol.ts";
import { SCORED } from "./scoring.ts";

/** Takes what the models need into use. What changed is written at once: slots do not say which models they were for. */
export function adoptModels({ engine, evaluation }: LiveSymbol, models: ServedModels): void {
  evaluation.resume();
  if (evaluation.adopted === models) return;
  // What was learned of the right models must not give way to those that stand in for them.
  if (models.provisional && evaluation.monitor.quality.followed.length > 0) return;
  const areSpecsOthers = adoptLabelSpecs(engine.features, models);
  const areModelsOthers = evaluation.follow(engine.features, models);
  if (areSpecsOthers || areModelsOthers) engine.saveSnapshot(evaluation);
  // After a fault, they are adopted with the next batch.
  if (!evaluation.hasFault) evaluation.adopted = models;
}

/**
 * Takes the label specs of the served models into use and drops those that none uses. Returns whether anything changed.
 */
function adoptLabelSpecs(features: FeatureEngine, models: ServedModels): boolean {
  const wanted = SCORED.flatMap((alias) => models.byAlias[alias]?.manifest.label ?? []);
  const before = features.labelSpecs.map(labelSpecText).join();
  // The last spec cannot be dropped before another one is there, and a third not added before one is gone.
  dropUnused(features, wanted);
  for (const label of wanted) features.addLabelSpec(label);
  dropUnused(features, wanted);
  return features.labelSpecs.map(labelSpecText).join() !== before;
}

function dropUnused(features: FeatureEngine, wanted: readonly LabelSpec[]): void {
  const texts = new Set(wanted.map(labelSpecText));
  for (const spec of [...features.labelSpecs]) if (!texts.has(labelSpecText(spec))) features.removeLabelSpec(spec);
}
