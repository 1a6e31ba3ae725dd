// The commit of the code that makes an artifact.
import { execFileSync } from "node:child_process";

/** The checked-out commit of this repository, or `unknown` outside a git checkout. */
export function codeCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
