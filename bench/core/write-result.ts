// Where results lie: one file a run. The folder is not part of the repository.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BenchResult, parseResult } from "./result.ts";

const FOLDER = join(import.meta.dirname, "..", "results");

/**
 * Writes it into `path`, or into a new file of the folder, and returns where.
 * @throws Error for a result that is against its schema: a bug.
 */
export function writeResult(result: BenchResult, path = join(FOLDER, fileName(result))): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(parseResult(result), undefined, 2)}\n`);
  return path;
}

/** Sorts by name and time, e.g. `ingest-2026-12-01T12-00-00-000Z.json`. */
function fileName({ bench, conditions }: BenchResult): string {
  return `${bench}-${conditions.startedAt.replaceAll(/[:.]/g, "-")}.json`;
}
