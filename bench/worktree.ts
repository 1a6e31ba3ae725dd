// A commit as a folder: a git worktree with the packages of this checkout, removed when the process exits.
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { atExit } from "../command-line/at-exit.ts";
import { UserError } from "../command-line/user-error.ts";

/** The working tree as it is, with what is not committed. */
export const WORKING_TREE = ".";

/**
 * @param commit anything that git takes for one, or `WORKING_TREE`.
 * @param folder of the new worktree; it must not be there.
 * @returns the folder of its code.
 * @throws UserError for what is no commit, and for one whose packages are others: they would have to be installed.
 */
export function openWorktree(checkout: string, commit: string, folder: string): string {
  if (commit === WORKING_TREE) return checkout;
  const found = git(checkout, "rev-parse", "--verify", "--quiet", `${commit}^{commit}`);
  if (found.status !== 0)
    throw new UserError(`got ${commit}, expected a commit, or ${WORKING_TREE} for the files here`);
  const added = git(checkout, "worktree", "add", "--detach", folder, found.stdout.trim());
  if (added.status !== 0) throw new Error(`git worktree add: ${added.stderr.trim()}`);
  atExit(() => void git(checkout, "worktree", "remove", "--force", folder));
  if (lockOf(checkout) !== lockOf(folder)) {
    throw new UserError(
      `${commit} has another package-lock.json: its packages are not installed here. ` +
        "Check it out elsewhere, run npm ci there, and give that folder to --checkout",
    );
  }
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** The lock without the project's own name and version. */
function lockOf(checkout: string): string {
  const lock = JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  return JSON.stringify(Object.entries(lock.packages).filter(([name]) => name !== ""));
}

function git(checkout: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("git", args, { cwd: checkout, encoding: "utf8" });
}
