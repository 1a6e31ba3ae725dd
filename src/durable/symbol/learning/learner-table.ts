// The learners of every grid, in the order in which they change an answer.
import type { LearnerTable } from "./learners.ts";
import { ThresholdLearner } from "./threshold-learner.ts";

export const LEARNERS = {
  threshold: (stepMs, pages, settings) => new ThresholdLearner(stepMs, pages, settings),
} satisfies LearnerTable;
