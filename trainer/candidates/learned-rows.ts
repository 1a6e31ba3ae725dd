// The feature rows that learned families can take.
import type { RowName } from "../../src/features/schema.ts";

/** Without `peer-10`, which is in price levels: only a baseline takes it. */
export const LEARNED_ROWS = ["default-1", "default-2"] as const satisfies readonly RowName[];
export type LearnedRow = (typeof LEARNED_ROWS)[number];
