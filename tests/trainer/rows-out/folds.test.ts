import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { walkForward } from "../../../trainer/folds/walk-forward.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { FoldGrid } from "../../../trainer/rows-out/fold-grid.ts";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../../trainer/rows-out/write-rows.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-folds-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HOUR = 3_600_000;

describe("fold and purge", () => {
  const hole = (s: number): boolean => s >= 9000 && s < 9400;
  const ticks = volatileTicks(11_000, { skip: hole });
  const recording = writeTicks(join(folder, "ticks.ndjson"), ticks);

  // Folds of a minute are shorter than the purge, so that a row is left out of several.
  it.each([
    ["20m", 1_200_000],
    ["7m", 420_000],
    ["1m", 60_000],
  ])("give the trainer's own training and test sets, for stretches of %s", async (text, lengthMs) => {
    const fromMs = FROM_MS + 2 * HOUR;
    const out = join(folder, text);
    const testFrom = new Date(fromMs).toISOString();
    await writeRows(parseRowsOptions([recording, "--out", out, "--test-from", testFrom, "--fold-length", text]));
    const files = await readDataset(out);
    const rows = files
      .flatMap((file) => file.rows)
      .map(({ eligible, step, fold, purge }) => {
        return { eligible, step: Number(step), fold: Number(fold), purge: (purge ?? null) as number | null };
      })
      .filter(({ eligible }) => eligible === true);
    const data = buildDataset(ticks);
    const splits = walkForward(data, { testAt: { fromMs }, folds: { lengthMs } });
    expect(splits.length).toBeGreaterThan(2);
    for (const { train, test, testFromMs } of splits) {
      const k = Math.round((testFromMs - fromMs) / lengthMs);
      const training = rows.filter(({ fold, purge }) => fold < k && (purge === null || purge < k));
      const testing = rows.filter(({ fold }) => fold === k);
      expect(training.map(({ step }) => step)).toEqual([...train].map((at) => data.rows.step[at]));
      expect(testing.map(({ step }) => step)).toEqual([...test].map((at) => data.rows.step[at]));
    }
    const purgeMs = 360_000;
    expect(files[0]!.metadata.get("volgate.walk_forward")).toBe(
      JSON.stringify({ test_from: testFrom, fold_length_ms: lengthMs, purge_ms: purgeMs }),
    );
  });

  it("begin exactly where the trainer's do: the example of FoldGrid", () => {
    const noon = FROM_MS + 12 * HOUR;
    const grid = new FoldGrid({ testFromMs: noon, foldLengthMs: HOUR }, 60, 1000);
    const at = (hours: number, minutes: number, seconds: number): readonly [number, number] => {
      const ms = FROM_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000;
      return [grid.fold(ms), grid.purge(ms)];
    };
    expect(at(11, 53, 59)).toEqual([-1, -1]);
    expect(at(11, 54, 0)).toEqual([-1, 0]);
    expect(at(12, 0, 0)).toEqual([0, -1]);
    expect(at(12, 55, 0)).toEqual([0, 1]);
    expect(new FoldGrid(undefined, 60, 1000).fold(noon)).toBe(-1);
  });
});
