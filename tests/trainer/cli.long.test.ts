import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseManifest } from "../../src/model/manifest.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "ticks.ndjson");
const lines = volatileTicks(6000).map(({ tsMs, symbol, price, bid, ask, bidSize, askSize }) =>
  JSON.stringify({ ts: tsMs, symbol, price, bid, ask, bidSize, askSize }),
);
writeFileSync(file, lines.join("\n") + "\n");

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../../volgate.ts"), "train", ...args], { encoding: "utf8" });
const QUICK = ["--families", "logistic", "--min-episodes", "1", "--folds", "2", "--leak-shifts", "0"];

describe("npm run train", () => {
  it("exits with 2 for a missing file and for data too short, saying so", () => {
    const missing = run(join(folder, "none.ndjson"));
    expect([missing.status, missing.stdout.includes("wrote")]).toEqual([2, false]);
    expect(missing.stderr).toContain("none.ndjson");
    const short = join(folder, "short.ndjson");
    writeFileSync(short, lines.slice(0, 100).join("\n"));
    const tooShort = run(short);
    expect(tooShort.status).toBe(2);
    expect(tooShort.stderr).toContain("no eligible row in");
    const unlabelled = join(folder, "unlabelled.ndjson");
    writeFileSync(unlabelled, lines.slice(0, 1000).join("\n"));
    const undecided = run(unlabelled);
    expect([undecided.status, undecided.stderr.includes("no labelled rows: of")]).toEqual([2, true]);
  });

  it("reports before the run that the credentials of a bucket are missing", () => {
    const { status, stderr, stdout } = run(file, "--publish", "--to", "r2://models");
    expect([status, stdout.includes("ticks")]).toEqual([2, false]);
    expect(stderr).toMatch(/R2_/);
  });

  it("says which step and label bars need", () => {
    const bars = join(folder, "XBTUSD_1m.csv");
    const rows = Array.from({ length: 120 }, (_, i) => `${Date.UTC(2025, 0, 1) + i * 60_000},10,12,9,11`);
    writeFileSync(bars, ["timestamp_ms,open,high,low,close", ...rows].join("\n"));
    const { status, stderr } = run(bars);
    expect(status).toBe(2);
    expect(stderr).toContain("XBTUSD_1m.csv: holds bars of 60 s, which do not fit into steps of 1 s: give --step 60s");
    const short = run(bars, "--step", "60s");
    expect(short.stderr).toMatch(/no eligible row in \d+ steps of 60 s.*a label such as --label/);
  });

  it("trains on bars of one minute at their own step and label", () => {
    const bars = join(folder, "XBTUSD_1m_made.csv");
    const rows = volatileTicks(4000).map(({ price }, i) => {
      const open = price * 1.0001;
      const close = price * 0.9999;
      return [Date.UTC(2025, 0, 1) + i * 60_000, open, price * (1.0002 + (i % 7) * 1e-4), price * 0.9997, close].join();
    });
    writeFileSync(bars, ["timestamp_ms,open,high,low,close", ...rows].join("\n"));
    const label = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';
    const out = join(folder, "bars");
    const { status, stderr } = run(bars, ...QUICK, "--step", "60s", "--label", label, "--out", out);
    expect([status, stderr]).toEqual([3, ""]);
    const manifest = parseManifest(JSON.parse(readFileSync(join(out, "logistic", "manifest.json"), "utf8")));
    expect(manifest.label).toMatchObject({ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 });
  });

  it("writes verified artifacts and the report, the same bytes each time, JSON alone on stdout, and exits with 3", () => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    const first = run(file, ...QUICK, "--out", a, "--json", "--seed", "7");
    expect(first.stderr).toContain("seed    7");
    expect(first.stderr).toMatch(/gate {4}not asked: [a-z-]+ is a baseline/);
    expect(first.stderr).toMatch(
      /next {4}1\.\d h of data hold \d+ training episodes .* more of such a market are needed/,
    );
    expect(first.status).toBe(3);
    const report: unknown = JSON.parse(first.stdout);
    expect(report).toMatchObject({ seed: 7, data: { tally: { ticks: 6000 } }, settings: { folds: "2", step: "1s" } });
    expect(JSON.parse(readFileSync(join(a, "report.json"), "utf8"))).toEqual(report);
    expect(readFileSync(join(a, "report.html"), "utf8")).toContain("No learned model: ");
    expect(run(file, ...QUICK, "--seed", "7", "--out", b).stdout).toMatch(/persistence: no figures: 1 of 3 groups/);
    for (const family of ["zscore", "persistence", "recent", "threshold-only", "har", "logistic"]) {
      const onnx = readFileSync(join(a, family, "model.onnx"));
      expect(onnx.equals(readFileSync(join(b, family, "model.onnx")))).toBe(true);
      const manifest = parseManifest(JSON.parse(readFileSync(join(a, family, "manifest.json"), "utf8")));
      expect(manifest.family).toBe(family);
    }
  });
});
