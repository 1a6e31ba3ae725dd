// A copy of wrangler.toml for the tests in a folder of its own: wrangler reads the .dev.vars beside its configuration,
// and a developer's values must not affect a test.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, "dist", "test");

/** Writes the copy and returns its path. Paths in it lead out of its folder. */
export function writeTestConfig(): string {
  const text = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const moved = text.replace(/^(main|directory) = "(?:\.\/)?/gm, '$1 = "../../');
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, "wrangler.toml");
  // An equal file stays: another run may be reading it.
  if (!existsSync(path) || readFileSync(path, "utf8") !== moved) writeFileSync(path, moved);
  return path;
}
