import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseManifest } from "../../src/model/manifest.ts";
import { HELP, parseCliOptions } from "../../trainer/cli-options.ts";
import { UserError } from "../../trainer/user-error.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "ticks.ndjson");
const lines = volatileTicks(6000).map(({ tsMs, symbol, price, bid, ask, bidSize, askSize }) =>
  JSON.stringify({ ts: tsMs, symbol, price, bid, ask, bidSize, askSize }),
);
writeFileSync(file, lines.join("\n") + "\n");

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../../trainer/cli.ts"), ...args], { encoding: "utf8" });

describe("options", () => {
  it("have the defaults that the help states", () => {
    expect(parseCliOptions(["a"])).toEqual({
      files: ["a"],
      out: "artifacts",
      symbol: undefined,
      testAt: { share: 0.4 },
      seed: 1,
      publish: false,
      persist: ".wrangler/state",
      json: false,
    });
    expect(HELP).toContain("default: artifacts");
    expect(HELP).toContain("default: 0.4");
  });

  it("read a time without a zone as UTC", () => {
    const wanted = { testAt: { fromMs: Date.UTC(2025, 11, 6, 1) } };
    expect(parseCliOptions(["a", "--test-from", "2025-12-06T01:00"])).toMatchObject(wanted);
    expect(parseCliOptions(["a", "--test-from", "2025-12-06T02:00+01:00"])).toMatchObject(wanted);
  });

  it.each([
    [["--nope", "a"], /nope/],
    [[], /FILES: got none/],
    [["a", "--test-share", "1"], /--test-share: got 1/],
    [["a", "--test-from", "soon"], /--test-from: got soon/],
    [["a", "--test-from", "2025-01-01", "--test-share", "0.5"], /got both/],
    [["a", "--seed", "x"], /--seed: got x/],
    [["a", "--symbol", "!!"], /--symbol: got !!, expected a name like BTC-USD/],
  ])("refuse %j", (args, message) => {
    expect(() => parseCliOptions(args)).toThrow(UserError);
    expect(() => parseCliOptions(args)).toThrow(message);
  });
});

describe("npm run train", () => {
  it("prints its help and exits with 0", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    expect(stdout).toBe(HELP);
  });

  it("exits with 2 for a missing file and for data too short, saying so", () => {
    const missing = run(join(folder, "none.ndjson"));
    expect([missing.status, missing.stdout.includes("wrote")]).toEqual([2, false]);
    expect(missing.stderr).toContain("none.ndjson");
    const short = join(folder, "short.ndjson");
    writeFileSync(short, lines.slice(0, 100).join("\n"));
    const tooShort = run(short);
    expect(tooShort.status).toBe(2);
    expect(tooShort.stderr).toContain("no eligible row in");
    expect(tooShort.stderr).not.toContain("bars");
    const unlabelled = join(folder, "unlabelled.ndjson");
    writeFileSync(unlabelled, lines.slice(0, 1000).join("\n"));
    const undecided = run(unlabelled);
    expect([undecided.status, undecided.stderr.includes("no labelled rows: of")]).toEqual([2, true]);
  });

  it("exits with 2 for bars, saying that the grid is too fine for them", () => {
    const bars = join(folder, "XBTUSD_1m.csv");
    const rows = Array.from({ length: 120 }, (_, i) => `${Date.UTC(2025, 0, 1) + i * 60_000},10,12,9,11`);
    writeFileSync(bars, ["timestamp_ms,open,high,low,close", ...rows].join("\n"));
    const { status, stderr } = run(bars);
    expect(status).toBe(2);
    expect(stderr).toMatch(/no eligible row in \d+ steps.*CSV bars are too sparse for steps of 1 s/);
    expect(HELP).toContain("CSV bars can be read, but not");
    expect(HELP).toContain("steps of 1 s of the last price; there is no other yet");
  });

  it("exits with 2 for a symbol that is none", () => {
    const { status, stderr } = run(file, "--symbol", "!!");
    expect([status, stderr.includes("    at ")]).toEqual([2, false]);
    expect(stderr).toContain("--symbol: got !!, expected a name like BTC-USD");
  });

  it("writes four verified artifacts, the same bytes each time, and JSON alone on stdout", () => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    const first = run(file, "--out", a, "--json", "--seed", "7");
    expect(first.stderr).toContain("seed    7");
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ seed: 7, tally: { ticks: 6000 } });
    expect(run(file, "--out", b).stdout).toMatch(/persistence +0\.\d{4}/);
    for (const family of ["zscore", "persistence", "threshold-only", "logistic"]) {
      const onnx = readFileSync(join(a, family, "model.onnx"));
      expect(onnx.equals(readFileSync(join(b, family, "model.onnx")))).toBe(true);
      const manifest = parseManifest(JSON.parse(readFileSync(join(a, family, "manifest.json"), "utf8")));
      expect(manifest.family).toBe(family);
    }
  });
});
