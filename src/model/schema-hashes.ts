// Schema hashes of the rows of a grid and a horizon; they match models to a gateway.
import type { EngineConfig } from "../features/feature-engine.ts";
import { ROW_NAMES, type RowName, schemaText } from "../features/schema.ts";
import { sha256Hex } from "./artifact.ts";

/** SHA-256 of the schema of every row under this configuration. */
export async function schemaHashes({ grid, label }: EngineConfig): Promise<Readonly<Record<RowName, string>>> {
  const hashes = await Promise.all(
    ROW_NAMES.map(async (row) => [row, await sha256Hex(schemaText(row, grid, label.horizonSteps))] as const),
  );
  return Object.fromEntries(hashes) as Record<RowName, string>;
}
