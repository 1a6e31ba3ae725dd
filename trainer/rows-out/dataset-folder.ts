// The folder of a dataset: all its files have the same row, label and folds, whichever machine writes them.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../command-line/user-error.ts";

/** Its underscore keeps it out of what readers of datasets list. */
const FACTS_FILE = "_volgate.json";

/**
 * Makes the folder, or checks that what lies there was made with the same facts.
 * @throws UserError naming the fact that differs, and for a folder that cannot be made.
 */
export function openDatasetFolder(folder: string, facts: Readonly<Record<string, string>>): void {
  const path = join(folder, FACTS_FILE);
  try {
    mkdirSync(folder, { recursive: true });
    const before = readFacts(path);
    if (before !== undefined) return requireSame(folder, before, facts);
    // Workers may begin at once; each writes the same.
    const partial = join(folder, `.${FACTS_FILE}.${process.pid}`);
    writeFileSync(partial, JSON.stringify(facts, null, 2) + "\n");
    renameSync(partial, path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`--out ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readFacts(path: string): Readonly<Record<string, unknown>> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

function requireSame(
  folder: string,
  before: Readonly<Record<string, unknown>>,
  facts: Readonly<Record<string, string>>,
): void {
  const name = Object.keys(facts).find((key) => before[key] !== facts[key]);
  if (name === undefined) return;
  throw new UserError(
    `--out ${folder} holds rows made with another ${name.replace("volgate.", "")}: "${String(before[name])}", now ` +
      `"${facts[name]}"; choose another folder, or remove this one`,
  );
}
