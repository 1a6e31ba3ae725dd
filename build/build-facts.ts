// Writes what the gateway says of itself in `/version`: its own commit and version.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
/** What src/http/health.ts imports. */
const FILE = join(ROOT, "dist", "build.json");

/** `commit` is `null` outside a git checkout. Does not rewrite an equal file, so that a watching bundler stays idle. */
export function writeBuildFacts(): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const text = JSON.stringify({ commit: checkedOutCommit(), version });
  if (existsSync(FILE) && readFileSync(FILE, "utf8") === text) return;
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, text);
}

function checkedOutCommit(): string | null {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
