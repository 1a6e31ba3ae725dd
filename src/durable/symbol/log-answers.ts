// Tells a grid's step log what was answered, its spikes, and its archive of predictions, where these are archived.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import { labelSpecText } from "../../features/label-spec.ts";
import { type Answering, answeringText, servedAnswers } from "./archive/served-answers.ts";
import { type GridServing, type LiveGrid, type LiveSymbol, type Serving, servingOf } from "./live-symbol.ts";
import type { StepScores } from "./scoring.ts";

/**
 * Says which models answer on each grid from now on. Returns whether a snapshot must say so too, because slots do not.
 */
export function beginAnswering(live: LiveSymbol, serving: Serving): boolean {
  let isSaved = true;
  for (const grid of [live, ...live.grids.values()]) {
    const log = grid.engine.predictions;
    log?.answer(answeringText(answeringOf(grid, servingOf(serving, grid))));
    if (log?.isAnsweringSaved === false) isSaved = false;
  }
  return !isSaved;
}

/** Adds the answers for steps that a batch closed. */
export function logAnswers(live: LiveGrid, steps: ClosedSteps, scores: StepScores, serving: GridServing): void {
  const { engine, name } = live;
  const answers = once(() => servedAnswers(name, steps, scores, engine.features, answeringOf(live, serving)));
  engine.predictions?.add(steps, columnsOf(live), answers);
  engine.stepLog.add(steps, answers);
  live.spikes.add(steps, answers, { features: engine.features, nowMs: Date.now() });
}

/**
 * Adds the answers for replayed steps. By the same models the same rows give the same scores, bit for bit; by others
 * nobody knows what was answered, and the predictions are lost.
 * @param areSameModels whether these models were followed before the restart: for the step log, which does not keep by
 * which models its steps were answered.
 */
export function logReplayed(
  live: LiveGrid,
  steps: ClosedSteps,
  scores: StepScores,
  { serving, areSameModels }: { readonly serving: GridServing; readonly areSameModels: boolean },
): void {
  const { engine, name } = live;
  const answers = once(() => servedAnswers(name, steps, scores, engine.features, answeringOf(live, serving)));
  engine.stepLog.add(steps, areSameModels ? answers : "lost");
  if (areSameModels) live.spikes.add(steps, answers, { features: engine.features, nowMs: Date.now() });
  const log = engine.predictions;
  if (log === undefined) return;
  if (log.isAnswering(answeringText(answeringOf(live, serving)))) {
    log.add(steps, columnsOf(live), answers);
    return;
  }
  const { lastStep } = log;
  log.addLost(scores.champion.places.filter((k) => steps.index[k]! > lastStep).length);
  log.add(steps, columnsOf(live), undefined);
}

/** Computes a value when it is first asked for. A fault stays with who asks. */
function once<T>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}

function answeringOf({ evaluation }: LiveGrid, { models, experiment }: GridServing): Answering {
  return { models: models.served, experiment, learning: evaluation.learners.settings };
}

function columnsOf({ engine }: LiveGrid): (labelText: string) => number {
  const texts = engine.features.labelSpecs.map(labelSpecText);
  return (labelText) => texts.indexOf(labelText);
}
