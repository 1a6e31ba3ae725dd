// The learners of every grid, in the order in which they change an answer.
import type { LearnerTable } from "./learners.ts";

export const LEARNERS = {} satisfies LearnerTable;
