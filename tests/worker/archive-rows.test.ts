// The comparison of archive and gateway covers the rows that were kept of each step, and can fail for each of them.
import { describe, expect, it } from "vitest";
import { bitsOf, StepHashes } from "../../src/durable/symbol/archive/archive-hashes.ts";
import { compareSteps, type ParityOutcome } from "../../src/durable/symbol/archive/archive-parity.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ROW_NAMES, type RowName } from "../../src/features/schema.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { featureColumns, parseManifest } from "../../src/model/manifest.ts";
import { START_MS } from "../features/tick-stream.ts";
import { atDesk, LATER_MS, NO_MODELS, QUARTER, steady } from "./archive-desk.ts";

const ROWS = steady(1000);
/** The comparison reaches to the open step. */
const STEPS = ROWS.length / TICK_FIELDS - 1;
const HALF = 500 * TICK_FIELDS;

type Change = (closed: ClosedSteps) => void;
const nothing: Change = () => undefined;

/** What is found when the first half of the ticks was served with some rows, and the second with others. */
function compared(halves: readonly [readonly RowName[], readonly RowName[]], change: Change = nothing): ParityOutcome {
  const engine = new FeatureEngine();
  const served = new StepHashes();
  [ROWS.subarray(0, HALF), ROWS.subarray(HALF)].forEach((ticks, half) => {
    const closed = new ClosedSteps(1, 64, halves[half]);
    engine.process(ticks, closed, new Uint8Array(ticks.length / TICK_FIELDS));
    change(closed);
    served.add(closed, 0);
  });
  return compareSteps(new FeatureEngine(), ROWS, StepHashes.load(served.save(7), 7)!);
}

const changed =
  (field: "base" | "peer" | "horizonBase" | "history" | "horizonVolatility"): Change =>
  (closed) => {
    // The last value of the last step: existing or not, it becomes another.
    const at = (closed[field].length / closed.index.length) * closed.count - 1;
    if (at >= 0) closed[field][at] = 12345;
  };

describe("the hashes of served steps", () => {
  it("agree whichever rows were kept, also when others are kept later", () => {
    const some: readonly (readonly RowName[])[] = [[], ["default-1"], ["peer-10", "default-2"], ROW_NAMES];
    for (const first of some) {
      for (const second of some) expect(compared([first, second])).toMatchObject({ steps: STEPS, mismatches: 0 });
    }
  });

  it.each([
    ["base", "default-1"],
    ["peer", "peer-10"],
    ["horizonBase", "default-2"],
    ["history", "default-2"],
  ] as const)("find another value in %s wherever %s was kept", (field, row) => {
    const others = ROW_NAMES.filter((name) => name !== row);
    expect(compared([ROW_NAMES, ROW_NAMES], changed(field)).mismatches).toBe(2);
    expect(compared([others, [row]], changed(field)).mismatches).toBe(1);
    expect(compared([others, others], changed(field)).mismatches).toBe(0);
  });

  it("find another volatility of the horizon without any row", () => {
    expect(compared([[], []], changed("horizonVolatility")).mismatches).toBe(2);
  });

  it("cover what the served models take, and a row that a new model takes from then on, without a new beginning", async () => {
    const champion = modelOf("default-1");
    await atDesk("KEPT-ROWS", async (desk, { sql }) => {
      const newest = (): number => {
        desk.live.engine.saveSnapshot(desk.live.evaluation);
        const { bytes } = sql.exec<{ bytes: ArrayBuffer }>("SELECT bytes FROM pages WHERE id = 'skew/hashes'").one();
        const hashes = StepHashes.load(bytes, desk.live.engine.batches)!;
        return hashes.rows[hashes.count - 1]!;
      };
      const apply = async (from: number): Promise<number> => {
        for (let k = from; k < from + 45; k++) await desk.apply(steady(10, START_MS + k * 10_000));
        return newest();
      };
      desk.models = { ...NO_MODELS, byAlias: { champion } };
      expect(await apply(0)).toBe(bitsOf(["default-1"]));
      desk.models = { ...NO_MODELS, byAlias: { champion, challenger: modelOf("default-2") } };
      expect(await apply(45)).toBe(bitsOf(["default-1", "default-2"]));
      // What is replayed has all rows: which models follow is not known yet.
      for (let k = 90; k < 95; k++) await desk.apply(steady(10, START_MS + k * 10_000));
      desk.restart();
      expect(newest()).toBe(bitsOf(ROW_NAMES));
      expect(await apply(95)).toBe(bitsOf(["default-1", "default-2"]));
      await desk.apply(steady(10, START_MS + 2 * QUARTER));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ parityMismatches: 0, paritySkipped: 0 });
      expect(desk.figures.paritySteps).toBeGreaterThan(1399);
    });
  });
});

/** A model that takes a row and never expects a spike. */
function modelOf(row: RowName): Scorer {
  const manifest = { ...parseManifest({ ...logistic, sigmaOutput: undefined }), row };
  const onnxSha256 = row === "default-1" ? manifest.onnxSha256 : "b".repeat(64);
  return {
    manifest: { ...manifest, onnxSha256 },
    sealed: true,
    columns: featureColumns(manifest),
    score: (rows) => Promise.resolve({ probabilities: new Float32Array(rows.length / manifest.features.length) }),
    retain: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}
