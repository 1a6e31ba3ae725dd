// The learners of every grid, in the order in which they change an answer.
import type { Learners, LearnerTable } from "./learners.ts";
import { RecalibrationLearner } from "./recalibration-learner.ts";
import { ThresholdLearner } from "./threshold-learner.ts";
import { VolatilityLearner } from "./volatility-learner.ts";

export const LEARNERS = {
  recalibration: (stepMs, pages, settings) => new RecalibrationLearner(stepMs, pages, settings.recalibration),
  // After the recalibration: it learns from what is answered.
  threshold: (stepMs, pages, settings) => new ThresholdLearner(stepMs, pages, settings.threshold),
  volatility: (stepMs, pages) => new VolatilityLearner(stepMs, pages),
} satisfies LearnerTable;

export type GridLearners = Learners<typeof LEARNERS>;
