import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "volgate-parity-test-"));
const recording = join(folder, "empty.ndjson");
writeFileSync(recording, "");
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../../feeds/parity.ts"), ...args], { encoding: "utf8" });

describe("npm run parity", () => {
  it.each([
    [["/nonexistent"], "parity: /nonexistent: no such file or directory, expected a recording or a folder of them"],
    [["--symbol", "!!", recording], "parity: --symbol: got !!, expected a name like BTC-USD"],
    [[recording], "parity: the files hold no tick"],
    [[], "parity: no files given; see --help"],
    [["--sybmol", "A", recording], "parity: Unknown option '--sybmol'"],
  ])("exits with 2 and one line for %j", (args, message) => {
    const { status, stderr } = run(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(2);
  });

  it("says which grid it compares on", () => {
    expect(run("--help").stdout).toMatch(/default\s+grid, steps of 1 s of the last price, and no other yet/);
  });
});
