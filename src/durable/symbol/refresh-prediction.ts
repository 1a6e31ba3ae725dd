// Scoring outside batches: of replayed steps, and of the last step after a change of models.
import type { Manifest } from "../../model/manifest.ts";
import { ScoreBins } from "../../quality/score-bins.ts";
import { adoptModels } from "./adopt-models.ts";
import type { AnsweredPrediction } from "./evaluation/feedback-store.ts";
import { type GridServing, type LiveGrid, type LiveSymbol, type Serving, servingOf } from "./live-symbol.ts";
import { logReplayed } from "./log-answers.ts";
import { latestStep } from "./prediction.ts";
import { countScoringErrors } from "./scoring-errors.ts";

/**
 * Scores the steps of replayed batches, once per loaded state, because slots hold ticks but no scores. Models that were
 * not followed before the restart are not credited with these steps.
 */
export async function scoreReplayed(live: LiveSymbol, serving: Serving): Promise<void> {
  const grids = [live, ...live.grids.values()].filter(({ isRecovered }) => !isRecovered);
  let areModelsOthers = false;
  for (const grid of grids)
    areModelsOthers = (await scoreReplayedOf(grid, servingOf(serving, grid))) || areModelsOthers;
  const isRebuilt = grids.some(({ engine }) => engine.recovery.how === "rebuilt");
  // At once when the models changed: slots do not say which were followed. With all grids, which it must agree on.
  if (areModelsOthers || isRebuilt || (grids.length > 0 && live.engine.hasManyUnsavedSteps)) {
    live.engine.saveSnapshot(live.evaluation);
  }
}

/** Returns whether other models are followed now. */
async function scoreReplayedOf(live: LiveGrid, serving: GridServing): Promise<boolean> {
  const { models, experiment, priors } = serving;
  const { engine, evaluation } = live;
  const known = new Set(evaluation.monitor.quality.followed);
  // Under the label specs of those batches; those that the models need now follow in `adoptModels`.
  const mayFollow = !models.served.provisional || known.size === 0;
  const areModelsOthers = mayFollow && evaluation.follow(engine.features, models.served, priors);
  const replayed = engine.takeReplayed();
  if (replayed.count > 0) {
    const scores = evaluation.learn(replayed, await models.score(replayed, engine.features), known);
    evaluation.record(replayed, scores, experiment, known);
    logReplayed(live, replayed, scores, { serving, areSameModels: mayFollow && !areModelsOthers });
  }
  live.isRecovered = true;
  return areModelsOthers;
}

/**
 * Scores the last step again if it has no prediction by these models: after a restart or a change of models.
 * @param grid of the symbol.
 * @returns the prediction if live quality does not have it, because its model was not followed at that step.
 */
export async function refreshPrediction(
  live: LiveSymbol,
  serving: Serving,
  grid: LiveGrid = live,
): Promise<AnsweredPrediction | undefined> {
  await scoreReplayed(live, serving);
  const { models, experiment } = servingOf(serving, grid);
  const { features, warm } = grid.engine;
  if (features.lastStepFacts.count === 0 || grid.latest?.models === models.served) return undefined;
  adoptModels(live, serving);
  const own = await models.score(features.lastStep, features);
  const scores = grid.evaluation.learners.answer(features.lastStep, own);
  countScoringErrors(grid, scores);
  const latest = latestStep(grid.name, features, scores, { models: models.served, experiment, warm });
  grid.latest = latest;
  return unknownToQuality(grid, models.served.byAlias[latest.prediction.variant]?.manifest);
}

function unknownToQuality(
  { latest, engine, evaluation }: LiveGrid,
  manifest?: Manifest,
): AnsweredPrediction | undefined {
  const probability = latest?.prediction.probability ?? null;
  if (manifest === undefined || probability === null) return undefined;
  const [step, sha12] = [engine.features.lastStepFacts.index[0]!, manifest.onnxSha256.slice(0, 12)];
  if (typeof evaluation.monitor.quality.lookup(sha12, step) !== "string") return undefined;
  return { step, sha12, bin: new ScoreBins(manifest.threshold, manifest.scoreEdges ?? []).bin(probability) };
}
