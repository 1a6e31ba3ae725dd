// Schema hashes of the rows of a grid and a horizon; they match models to a symbol.
import type { EngineConfig } from "../features/feature-engine.ts";
import { ROW_NAMES, type RowName, schemaText } from "../features/schema.ts";
import { sha256Hex } from "./artifact.ts";

type SchemaHashes = Readonly<Record<RowName, string>>;

const known = new WeakMap<EngineConfig, SchemaHashes>();

/** SHA-256 of the schema of every row under this configuration. Computed once for each object. */
export async function schemaHashes(config: EngineConfig): Promise<SchemaHashes> {
  const before = known.get(config);
  if (before !== undefined) return before;
  const { grid, label } = config;
  const hashes = await Promise.all(
    ROW_NAMES.map(async (row) => [row, await sha256Hex(schemaText(row, grid, label.horizonSteps))] as const),
  );
  const found = Object.fromEntries(hashes) as Record<RowName, string>;
  known.set(config, found);
  return found;
}
