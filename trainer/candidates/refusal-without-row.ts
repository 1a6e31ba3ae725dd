// Why a family cannot be fitted on a dataset: the row that it takes was not kept.
import type { RowName } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { CandidateRefusal } from "./candidate.ts";

/** `undefined` where the dataset keeps the row. */
export function refusalWithoutRow({ rows }: Dataset, row: RowName): CandidateRefusal | undefined {
  if (rows.names.includes(row)) return undefined;
  return { refused: `its columns are of the row ${row}; kept are ${rows.names.join(", ")}` };
}
