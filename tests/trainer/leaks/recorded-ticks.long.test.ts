// The time-neighbours check on real recordings, where they are: a random split fires, forward folds do not.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import { parseConfig } from "../../../trainer/run/config.ts";
import { checkTimeNeighbours } from "../../../trainer/evaluate/leaks/check-time-neighbours.ts";
import { readRecordings } from "../../../trainer/rows/read-recordings.ts";
import { walkForward } from "../../../trainer/folds/walk-forward.ts";

const folder = resolve(import.meta.dirname, "../../../../shared/data/coinbase-2025");
const there = existsSync(folder);
if (!there) console.log(`skipped: ${folder} is not there`);

describe.skipIf(!there)("time alone on recorded ticks", () => {
  it("predicts nearly every label of a random split, and none of a forward one", async () => {
    const names = readdirSync(folder).filter((name) => name.startsWith("ticks_"));
    const files = names.sort().map((name) => join(folder, name));
    const { engine } = parseConfig({});
    const { data } = await readRecordings({ files, symbol: undefined, engine, persist: "unused" });
    const { tsMs, label, count } = data.rows;
    const random = new SeededRandom("random split");
    const held = Uint8Array.from({ length: count }, () => (random.uniform() < 0.2 ? 1 : 0));
    const rows = Int32Array.from({ length: count }, (_, k) => k);
    const split = { train: rows.filter((k) => held[k] === 0), test: rows.filter((k) => held[k] === 1) };
    const leaking = checkTimeNeighbours(tsMs, label, [split]);
    console.log(`random split of ${count} rows: ${leaking.detail}`);
    expect(leaking.outcome).toBe("failed");
    expect(leaking.figures["highestAveragePrecision"]).toBeGreaterThan(0.95);
    const forward = walkForward(data, { testAt: { fromMs: Date.UTC(2025, 11, 6, 1) }, folds: { lengthMs: 3_600_000 } });
    expect(checkTimeNeighbours(tsMs, label, forward).outcome).toBe("passed");
  });
});
