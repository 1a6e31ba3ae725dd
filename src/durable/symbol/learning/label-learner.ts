// What learns from a symbol's labels and changes what is answered of later steps: one contract for all of it.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { Page } from "../../../features/page-buffer.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { PriorsByModel } from "../../../recalibration/pooled-prior.ts";
import type { LearningSettings } from "../../../settings/learning-settings.ts";
import type { StepScores } from "../scoring.ts";

/**
 * A learner of one grid of a symbol. Its answers depend on the ticks and the models alone: on no clock, on no way in
 * which the steps were grouped into batches, and on no restart. Its pages are written with the symbol's snapshot.
 */
export interface LabelLearner {
  /** Pages that were unreadable when it was loaded; their part of what was learnt is lost. */
  readonly damagedPages: number;
  /**
   * Learns for these models from now on.
   * @param priors what a model may begin with that has no history here, by SHA-256.
   * @returns whether it took something that is stored nowhere else: a snapshot must be written before the next step.
   */
  adopt(features: FeatureEngine, models: ServedModels, priors: PriorsByModel): boolean;
  /**
   * Learns from the labels that arrive with closed steps, step by step in their order, and returns the scores as they
   * are answered: each depends on the labels that had arrived with its own step at the latest.
   * @param onlyKnown leaves out models that were not followed when the state was stored: after a restart they must not
   * learn from steps that closed before they served.
   */
  learn(steps: ClosedSteps, scores: StepScores, onlyKnown?: ReadonlySet<string>): StepScores;
  /** The scores of a step that it has learnt from already, as they are answered now. */
  answer(steps: ClosedSteps, scores: StepScores): StepScores;
  /** What changed since the last call, and since it was loaded. */
  dirtyPages(): readonly Page[];
}

/** Makes a learner from its pages; without pages one that has learnt nothing. */
export type LoadLearner = (
  stepMs: number,
  pages: ReadonlyMap<string, ArrayBuffer>,
  settings: LearningSettings,
) => LabelLearner;
