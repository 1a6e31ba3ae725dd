// The feature rows that learned families can take.
import { ROW_NAMES } from "../../src/features/schema.ts";

/** Without `peer-10`, which is in price levels: only a baseline takes it. */
export const LEARNED_ROWS = ROW_NAMES.filter((row) => row !== "peer-10");
export type LearnedRow = (typeof LEARNED_ROWS)[number];
