// The documents that a reader follows, and the commands in them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const FOLDERS = [".", "docs", "docs/operations"];
/** What changed, not what to do. */
const HISTORY = "CHANGELOG.md";

/** Path and text of each. */
export function documents(): [string, string][] {
  const paths = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)));
  return paths
    .filter((path) => path.endsWith(".md") && path !== HISTORY)
    .map((path) => [path, readFileSync(join(ROOT, path), "utf8")]);
}

/** The lines of its `sh` blocks, without comments; a line that goes on with `\` is one. */
export function shellLines(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) =>
    block!
      .replaceAll("\\\n", "")
      .split("\n")
      .map((line) => line.replace(/\s#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}
