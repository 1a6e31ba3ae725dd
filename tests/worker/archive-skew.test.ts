import { describe, expect, it } from "vitest";
import { MAX_STEP_HASHES, StepHashes } from "../../src/durable/symbol/archive/archive-hashes.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { pack, START_MS, type StreamTick } from "../features/tick-stream.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { featureColumns, parseManifest } from "../../src/model/manifest.ts";
import type { Desk } from "./archive-desk.ts";
import { LATER_MS, NO_MODELS, QUARTER, atDesk, expectFaithful, readBack, steady } from "./archive-desk.ts";

/** A model of a label spec that never expects a spike. */
function calmChampion(label: LabelSpec): Scorer {
  const manifest = { ...parseManifest({ ...logistic, sigmaOutput: undefined }), label };
  return {
    manifest,
    sealed: true,
    columns: featureColumns(manifest),
    score: (rows) => Promise.resolve({ probabilities: new Float32Array(rows.length / manifest.features.length) }),
    retain: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}

describe("the skew counter", () => {
  /** Two quarter hours, something done between them, and what was counted in the second and a third. */
  async function watched(
    symbol: string,
    between: (desk: Desk, storage: DurableObjectStorage) => void,
  ): Promise<Desk["figures"][]> {
    return await atDesk(symbol, async (desk, storage) => {
      // Only the rows that a model takes are compared.
      desk.models = { ...NO_MODELS, byAlias: { champion: calmChampion(DEFAULT_LABEL_SPEC) } };
      const figures: Desk["figures"][] = [];
      for (let quarter = 0; quarter < 3; quarter++) {
        for (let k = 0; k < 90; k++) {
          await desk.apply(steady(10, START_MS + quarter * QUARTER + k * 10_000));
          if (quarter === 1 && k === 45) between(desk, storage);
        }
        await desk.archive.run(LATER_MS);
        figures.push(desk.figures);
      }
      return figures;
    });
  }

  it("rises when what is served is not what the ticks give, and compares again from there on", async () => {
    const [before, during, after] = await watched("CORRUPT", ({ live }) => {
      // A tick that no batch holds.
      const stray = pack([{ ts: live.engine.features.watermarkMs, price: 101.5 }]);
      live.engine.features.process(stray, new ClosedSteps(1), new Uint8Array(1));
    });
    expect(before).toMatchObject({ paritySteps: 899, parityMismatches: 0 });
    expect(during!.parityMismatches).toBeGreaterThan(400);
    expect(after!.parityMismatches).toBe(during!.parityMismatches);
    expect(after!.paritySteps).toBeGreaterThan(during!.paritySteps + 890);
  });

  it("counts a step that was served and then lost", async () => {
    const [, during] = await watched("FORGOT", (desk, { sql }) => {
      const { bytes } = sql.exec<{ bytes: ArrayBuffer }>("SELECT bytes FROM pages WHERE id = 'skew/hashes'").one();
      let seq = 1;
      while (StepHashes.load(bytes, seq) === undefined) seq += 1;
      const hashes = StepHashes.load(bytes, seq)!;
      hashes.count -= 1;
      sql.exec("UPDATE pages SET bytes = ? WHERE id = 'skew/hashes'", hashes.save(seq));
      desk.restart();
    });
    expect(during).toMatchObject({ parityMismatches: 1 });
  });

  it("counts a step that was served twice", async () => {
    const [, during] = await watched("TWICE-SERVED", ({ ledger, live }) => {
      const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
      const closed = new ClosedSteps(1);
      const ticks = live.engine.features.stepsClosed + 1;
      const rows = steady(ticks);
      engine.process(rows.subarray(0, rows.length - TICK_FIELDS), closed, new Uint8Array(ticks));
      closed.clear();
      engine.process(rows.subarray(rows.length - TICK_FIELDS), closed, new Uint8Array(1));
      ledger!.addSteps(closed);
    });
    expect(during!.parityMismatches).toBeGreaterThan(0);
  });

  it("begins anew when other label specs come into use", async () => {
    const [, during, after] = await watched("SPECS", (desk) => {
      desk.models = { ...NO_MODELS, byAlias: { champion: calmChampion({ ...DEFAULT_LABEL_SPEC, quantile: 0.8 }) } };
      desk.restart();
    });
    expect(during).toMatchObject({ parityMismatches: 0, paritySkipped: 460 });
    expect(after!.paritySteps).toBe(2699 - 460);
    expect(after!.parityMismatches).toBe(0);
  });

  const DAMAGE: Readonly<Record<string, readonly string[]>> = {
    "the hashes are damaged": ["UPDATE pages SET bytes = substr(bytes, 1, 80) WHERE id = 'skew/hashes'"],
    "the hashes are gone": ["DELETE FROM pages WHERE id = 'skew/hashes'"],
    "the checkpoint is gone": ["DELETE FROM pages WHERE id = 'skew/watch'"],
    "the checkpoint is damaged": ["UPDATE pages SET bytes = x'00000000' WHERE id = 'skew/watch'"],
    "the snapshot is damaged": ["UPDATE snapshot SET meta = 'x'"],
  };
  for (const [what, statements] of Object.entries(DAMAGE)) {
    it(`begins anew, and blames no tick, when ${what}`, async () => {
      const symbol = `SKEW-${Object.keys(DAMAGE).indexOf(what)}`;
      const [, during, after] = await watched(symbol, (desk, { sql }) => {
        for (const statement of statements) sql.exec(statement);
        desk.restart();
      });
      expect(during!.parityMismatches).toBe(0);
      expect(after!.parityMismatches).toBe(0);
      expect(after!.paritySteps).toBeGreaterThanOrEqual(during!.paritySteps + 890);
      expect(after!.archivedTicks).toBe(2700);
    });
  }

  it("begins anew with the progress when that is damaged: the ticks that waited are not archived", async () => {
    const [, , after] = await watched("PROGRESS", (desk, { sql }) => {
      sql.exec("UPDATE pages SET bytes = x'00' WHERE id = 'archive/progress'");
      desk.restart();
    });
    expect(after).toMatchObject({ parityMismatches: 0, archivedTicks: 900 + 440 - 900 + 900 });
  });

  it("gives up more steps at once than it keeps hashes of", async () => {
    await atDesk("MANY", async (desk) => {
      await desk.apply(steady(MAX_STEP_HASHES + 100));
      await desk.apply(steady(100, START_MS + (MAX_STEP_HASHES + 100) * 1000));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ parityMismatches: 0, paritySteps: 100, paritySkipped: MAX_STEP_HASHES });
      expect(desk.figures.archivedTicks).toBe(MAX_STEP_HASHES + 200);
    });
  });

  it("takes a tick that was held over the end of an object for its own, once, if it was accepted", async () => {
    const batches: StreamTick[][] = [
      [
        { ts: START_MS, price: 100 },
        { ts: START_MS + 400_000, price: 101 },
      ],
      [{ ts: START_MS + 400_000, price: 101 }],
      [{ ts: START_MS + 399_500, price: 102 }],
      [{ ts: START_MS + 90_000_000, price: 103 }],
      [{ ts: START_MS + 401_000, price: 104 }],
      [{ ts: START_MS + 402_000, price: 105 }],
    ];
    await atDesk("OVER", async (desk) => {
      for (const batch of batches) {
        await desk.apply(pack(batch));
        await desk.archive.run(LATER_MS);
        desk.restart();
      }
      expect(desk.figures).toMatchObject({ parityMismatches: 0, archivedTicks: 4 });
    });
    const archived = await readBack("OVER");
    expect(archived.filter((_, at) => at % TICK_FIELDS === 1)).toEqual(new Float64Array([100, 101, 104, 105]));
    await expectFaithful("OVER", pack(batches.flat()));
  });
});
