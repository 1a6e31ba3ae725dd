// Scoring outside batches: of replayed steps, and of the last step after a change of models.
import { adoptModels } from "./adopt-models.ts";
import type { LiveSymbol, Serving } from "./live-symbol.ts";
import { predictLastStep } from "./prediction.ts";
import { countScoringErrors } from "./scoring-errors.ts";

/**
 * Scores the steps of replayed batches, once per loaded state, because slots hold ticks but no scores. Models that were
 * not followed before the restart are not credited with these steps.
 */
export async function scoreReplayed(live: LiveSymbol, { models, experiment }: Serving): Promise<void> {
  if (live.isRecovered) return;
  const { engine, evaluation } = live;
  const known = new Set(evaluation.monitor.quality.followed);
  // Under the label specs of those batches; those that the models need now follow in `adoptModels`.
  const mayFollow = !models.served.provisional || known.size === 0;
  const areModelsOthers = mayFollow && evaluation.follow(engine.features, models.served);
  const replayed = engine.takeReplayed();
  if (replayed.count > 0) {
    evaluation.record(replayed, await models.score(replayed, engine.features), experiment, known);
  }
  live.isRecovered = true;
  // At once when the models changed: slots do not say which were followed.
  if (areModelsOthers || engine.recovery.how === "rebuilt" || engine.hasManyUnsavedSteps) {
    engine.saveSnapshot(evaluation);
  }
}

/** Scores the last step again if it has no prediction by these models: after a restart or a change of models. */
export async function refreshPrediction(live: LiveSymbol, serving: Serving): Promise<void> {
  await scoreReplayed(live, serving);
  const { models, experiment } = serving;
  const { features } = live.engine;
  if (features.lastStep.count === 0 || live.latest?.models === models.served) return;
  adoptModels(live, models.served);
  const scores = await models.score(features.lastStep, features);
  countScoringErrors(live, scores);
  const prediction = predictLastStep(live.name, features, scores, { models: models.served, experiment });
  live.latest = { prediction, models: models.served };
}
