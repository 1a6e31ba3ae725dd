// Which feature rows a run needs: what is not kept costs neither memory nor time.
import { ROW_NAMES, type RowName } from "../../src/features/schema.ts";

/** The rows that learned families can take. `peer-10` is in price levels, and only a baseline takes it. */
export const LEARNED_ROWS = ROW_NAMES.filter((row) => row !== "peer-10");
export type LearnedRow = (typeof LEARNED_ROWS)[number];

const OF_BASELINES: readonly RowName[] = ["default-1", "peer-10", "default-2"];

/** The row of the learned families and those of the baselines. */
export function rowsOfRun(row: RowName): readonly RowName[] {
  return ROW_NAMES.filter((name) => name === row || OF_BASELINES.includes(name));
}
