// The folder of a dataset: all its files have the same row, label and folds, whichever machine writes them.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import { UserError } from "../../command-line/user-error.ts";
import { PART_FILE } from "./partition-files.ts";

/**
 * Makes the folder, or checks that what lies there was made with the same facts.
 * @throws UserError naming the fact that differs, and for a folder that cannot be used.
 */
export async function openDatasetFolder(folder: string, facts: Readonly<Record<string, string>>): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true });
    const path = anyFile(folder);
    if (path !== undefined) await requireSame(folder, path, facts);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`--out ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One of the files that are there: they are all alike, because each run has looked at one. */
function anyFile(folder: string): string | undefined {
  for (const symbol of foldersIn(folder, "symbol=")) {
    for (const date of foldersIn(symbol, "date=")) {
      const path = join(date, PART_FILE);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

function foldersIn(folder: string, prefix: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map(({ name }) => join(folder, name));
}

async function requireSame(folder: string, path: string, facts: Readonly<Record<string, string>>): Promise<void> {
  const { key_value_metadata: pairs = [] } = await parquetMetadataAsync(await asyncBufferFromFile(path));
  const before = new Map(pairs.map(({ key, value }) => [key, value]));
  const name = Object.keys(facts).find((key) => before.get(key) !== facts[key]);
  if (name === undefined) return;
  throw new UserError(
    `--out ${folder} holds rows made with another ${name.replace("volgate.", "")}: "${before.get(name) ?? "none"}", now ` +
      `"${facts[name]}"; choose another folder, or remove this one`,
  );
}
