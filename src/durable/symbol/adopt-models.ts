// Switches a symbol to other models: the label specs that the engine computes, and the models that the monitor follows.
import type { FeatureEngine } from "../../features/feature-engine.ts";
import { type LabelSpec, labelSpecText } from "../../features/label-spec.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { GridServing, LiveGrid, LiveSymbol, Serving } from "./live-symbol.ts";
import { servingOf } from "./live-symbol.ts";
import { SCORED } from "../../model/scored-alias.ts";

/** Adopts models on every grid. Writes a snapshot on a change: slots do not record the models that were in use. */
export function adoptModels(live: LiveSymbol, serving: Serving): void {
  const changed = [live, ...live.grids.values()].filter((grid) => adoptOn(grid, servingOf(serving, grid)));
  if (changed.length > 0) live.engine.saveSnapshot(live.evaluation);
}

/** Returns whether a snapshot must say so. */
function adoptOn({ engine, evaluation }: LiveGrid, { models: { served: models }, priors }: GridServing): boolean {
  evaluation.resume();
  if (evaluation.adopted === models) return false;
  // Provisional models must not displace the quality history of the regular ones.
  if (models.provisional && evaluation.monitor.quality.followed.length > 0) return false;
  const areSpecsOthers = adoptLabelSpecs(engine.features, models);
  const areModelsOthers = evaluation.follow(engine.features, models, priors);
  // After a fault the next batch adopts them.
  if (!evaluation.hasFault) evaluation.adopted = models;
  return areSpecsOthers || areModelsOthers;
}

/** Adds the label specs of the served models and removes unused ones. Returns whether anything changed. */
function adoptLabelSpecs(features: FeatureEngine, models: ServedModels): boolean {
  const wanted = SCORED.flatMap((alias) => models.byAlias[alias]?.manifest.label ?? []);
  const before = features.labelSpecs.map(labelSpecText).join();
  // The engine holds one or two specs: add before removing the last, remove before adding a third.
  dropUnused(features, wanted);
  for (const label of wanted) features.addLabelSpec(label);
  dropUnused(features, wanted);
  return features.labelSpecs.map(labelSpecText).join() !== before;
}

function dropUnused(features: FeatureEngine, wanted: readonly LabelSpec[]): void {
  const texts = new Set(wanted.map(labelSpecText));
  for (const spec of [...features.labelSpecs]) if (!texts.has(labelSpecText(spec))) features.removeLabelSpec(spec);
}
