import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseManifest } from "../../src/model/manifest.ts";
import { trainingRun } from "../../trainer/run/training-run.ts";
import { TrainingDesk } from "./training-desk.ts";
import { FROM_MS, seededUniform } from "./volatile-ticks.ts";

const desk = new TrainingDesk();
const { folder, bucket, asked, lines } = desk;

beforeAll(() => desk.start());
afterAll(() => desk.stop());

describe("a run whose leak check fails", () => {
  /**
   * Volatility without memory: whatever is predicted of it is chance, so the real lift is no higher than shifted ones.
   */
  const uniform = seededUniform(11);
  let price = 100;
  const memoryless = Array.from({ length: 22_000 }, (_, second) => {
    price *= 1 + (uniform() < 0.02 ? 30 : 1) * 1e-5 * (uniform() + uniform() + uniform() - 1.5);
    return { tsMs: FROM_MS + second * 1000 + 500, price };
  });

  it("answers 1, publishes and promotes nothing, and says so in the report and the manifests", async () => {
    const file = desk.recording("memoryless.ndjson", memoryless);
    const run = desk.publishing(file, "leak", "--leak-shifts", "20", "--families", "zscore");
    expect(await trainingRun(run, "test")).toBe(1);
    expect([...bucket.objects.keys()]).toEqual([]);
    expect(asked).toEqual([]);
    expect(lines.join("\n")).toMatch(/WARNING: leak check label-shift: FAILED/);
    const report = JSON.parse(readFileSync(join(folder, "leak", "report.json"), "utf8"));
    expect(report.gate).toMatchObject({ verdict: "refused", reasons: expect.arrayContaining(["leak_check_failed"]) });
    const path = join(folder, "leak", report.chosen.refitted, "manifest.json");
    expect(parseManifest(JSON.parse(readFileSync(path, "utf8"))).gate?.reasons).toContain("leak_check_failed");
  });
});
