// What every script says where it cannot run.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "volgate-checkout-"));
  for (const path of ["package.json", "volgate.js", "build/installed.js"])
    cpSync(join(ROOT, path), join(checkout, path));
});
afterEach(() => rmSync(checkout, { recursive: true }));

/** @param version of the Node that the program thinks it runs on. */
function start(version: string): { status: number | null; stderr: string } {
  const pretend = `Object.defineProperty(process, "versions", { value: { node: "${version}" } })`;
  const args = ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, "volgate.js", "start"];
  return spawnSync(process.execPath, args, { cwd: checkout, encoding: "utf8" });
}

describe("a script", () => {
  it("says in one line that nothing is installed", () => {
    const { status, stderr } = start(process.versions.node);
    expect([status, stderr]).toEqual([2, "volgate: nothing is installed: run npm ci first\n"]);
  });

  it.each(["18.20.0", "20.20.2", "22.17.9", "23.5.0"])("says in one line that Node %s cannot run it", (version) => {
    mkdirSync(join(checkout, "node_modules"));
    const { status, stderr } = start(version);
    const sentence = `Node ${version} is too old, and the one that npm ci installs is missing: run npm ci again`;
    expect([status, stderr]).toEqual([2, `volgate: ${sentence}\n`]);
  });

  it("says that npm run takes the Node that is installed, when another one was called by hand", () => {
    mkdirSync(join(checkout, "node_modules/.bin"), { recursive: true });
    writeFileSync(join(checkout, "node_modules/.bin/node"), "");
    const { status, stderr } = start("20.20.2");
    const sentence = "Node 20.20.2 is too old: use npm run, which takes the Node that npm ci installed";
    expect([status, stderr]).toEqual([2, `volgate: ${sentence}\n`]);
  });

  it.each(["22.18.0", "23.6.0", "24.0.0", "26.1.0"])("is started by Node %s", (version) => {
    mkdirSync(join(checkout, "node_modules"));
    expect(start(version).stderr).toContain("volgate.ts");
  });

  it("looks first, whatever it starts", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const [name, command] of Object.entries(scripts)) {
      // `npm run check` has looked for its parts; `prepare` is a part of the installation.
      if (name === "prepare" || name.startsWith("check:")) continue;
      expect(command).toMatch(/^node (--expose-gc )?(build\/installed|volgate)\.js/);
    }
  });
});
