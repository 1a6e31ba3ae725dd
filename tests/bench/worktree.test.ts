// Commits as folders: those of this checkout, with its packages.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openWorktree } from "../../bench/worktree.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const repository = join(folder, "repository");
mkdirSync(join(repository, "node_modules"), { recursive: true });
const git = (...args: string[]): string => {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  return execFileSync("git", [...author, ...args], { cwd: repository, encoding: "utf8", stdio: "pipe" }).trim();
};

/** A commit whose packages have this version. */
function commit(text: string, version: string): string {
  writeFileSync(join(repository, "code.txt"), text);
  const packages = { "": { name: text }, "node_modules/valibot": { version } };
  writeFileSync(join(repository, "package-lock.json"), JSON.stringify({ packages }));
  git("add", "code.txt", "package-lock.json");
  git("commit", "-q", "-m", text);
  return git("rev-parse", "HEAD");
}

git("init", "-q");
const other = commit("with other packages", "1.0.0");
const first = commit("first", "2.0.0");
commit("second", "2.0.0");

describe("a worktree of a commit", () => {
  it("has the commit's files and the packages of the checkout, by any name of the commit", () => {
    for (const [at, name] of [first, "HEAD~1"].entries()) {
      const dir = openWorktree(repository, name, join(folder, `tree-${at}`));
      const shown = execFileSync("git", ["rev-parse", "HEAD"], { cwd: dir, encoding: "utf8" }).trim();
      expect(shown).toBe(first);
      expect(existsSync(join(dir, "code.txt"))).toBe(true);
      expect(realpathSync(join(dir, "node_modules"))).toBe(realpathSync(join(repository, "node_modules")));
    }
  });

  it("is the checkout itself for a dot", () => {
    expect(openWorktree(repository, ".", join(folder, "none"))).toBe(repository);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("is refused for what is no commit, and where other packages would be needed", () => {
    expect(() => openWorktree(repository, "nobody", join(folder, "none"))).toThrow(
      "got nobody, expected a commit, or . for the files here",
    );
    expect(() => openWorktree(repository, "--help", join(folder, "none"))).toThrow("got --help, expected a commit");
    expect(() => openWorktree(repository, other, join(folder, "other"))).toThrow(
      `${other} has another package-lock.json`,
    );
  });
});
