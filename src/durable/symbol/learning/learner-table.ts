// The learners of every grid, in the order in which they change an answer.
import type { LearnerTable } from "./learners.ts";
import { VolatilityLearner } from "./volatility-learner.ts";

export const LEARNERS = {
  volatility: (stepMs, pages) => new VolatilityLearner(stepMs, pages),
} satisfies LearnerTable;
