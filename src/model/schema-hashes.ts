// Schema hashes of a grid's rows; they match models to a gateway.
import type { GridConfig } from "../features/event-grid.ts";
import { ROWS, type RowName, schemaText } from "../features/schema.ts";
import { sha256Hex } from "./artifact.ts";

/** SHA-256 of the schema of every row on a grid. */
export async function schemaHashes(grid: GridConfig): Promise<Readonly<Record<RowName, string>>> {
  const names = Object.keys(ROWS) as RowName[];
  const hashes = await Promise.all(names.map(async (row) => [row, await sha256Hex(schemaText(row, grid))] as const));
  return Object.fromEntries(hashes) as Record<RowName, string>;
}
