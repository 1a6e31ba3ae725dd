// SIGTERM to npm, which is what a supervisor sends: nothing that npm started runs on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ChildProgram } from "../processes/child-program.ts";
import { ProcessTree } from "../processes/process-tree.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-npm-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npm that gets SIGTERM", () => {
  it.each([
    ["start", ["start", "--", "--state", join(folder, "start")], "caught up"],
    ["dev", ["run", "dev", "--", "--state", join(folder, "dev"), "--port", "18987"], "Ready on"],
    ["retrain -- --demo", ["run", "retrain", "--", "--demo"], "fed the market as it was"],
  ])("leaves nothing of npm run %s behind", async (_, args, text) => {
    const npm = new ChildProgram("npm", args, { detached: true, env: { TMPDIR: folder } });
    const tree = new ProcessTree(npm.pid);
    await npm.printed(text);
    expect(tree.names()).toContain("workerd");
    process.kill(npm.pid, "SIGTERM");
    // What npm started writes to the same pipes, so this is the end of the last of them.
    await npm.ended;
    expect(await tree.left()).toEqual([]);
  });
});
