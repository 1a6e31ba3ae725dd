// What a symbol's object writes and keeps: no row that the platform refuses, all that the longest window needs, and
// what the version before wrote.
import { DEFAULT_LEARNING } from "../../src/settings/learning-settings.ts";
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { createSymbol, type LiveSymbol, loadSymbol } from "../../src/durable/symbol/live-symbol.ts";
import { processBatches } from "../../src/durable/symbol/pipeline.ts";
import { RetainedModels } from "../../src/durable/symbol/retained-models.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { SlotStore } from "../../src/durable/symbol/storage/slot-store.ts";
import { noCountersYet } from "../../src/durable/symbol/symbol-counters.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig } from "../../src/features/feature-engine.ts";
import { LATER_MS, NO_MODELS, steady } from "./archive-desk.ts";
import { TickArchive } from "../../src/durable/symbol/archive/tick-archive.ts";
import { stubOf } from "./gateway.ts";
import { START_MS } from "./market.ts";
import before from "../fixtures/storage/symbol-before-checksums.json" with { type: "json" };

/** The platform's limit for a value, a row and a text; the local runtime takes more. */
const PLATFORM_BYTES = 2_000_000;

const storesOf = (storage: DurableObjectStorage) => ({
  slots: new SlotStore(storage),
  pages: new PageStore(storage),
  isArchived: true,
  keepsPredictions: true,
  learning: DEFAULT_LEARNING,
});

async function apply(live: LiveSymbol, rows: Float64Array): Promise<void> {
  const models = new RetainedModels(NO_MODELS);
  const batch = { symbol: live.name, rows, producer: "p", producerSeq: live.engine.batches, maxTraceBytes: null };
  await processBatches([batch], live, { models, experiment: null, priors: {} }, 1_000_000);
}

function engineConfig(stepMs: number, label: Partial<EngineConfig["label"]>): EngineConfig {
  return { grid: gridConfig(stepMs), label: { ...DEFAULT_ENGINE_CONFIG.label, ...label } as EngineConfig["label"] };
}

const sizeOf = (value: unknown): number =>
  value instanceof ArrayBuffer ? value.byteLength : typeof value === "string" ? value.length : 8;

describe("a symbol's database", () => {
  it("has no row above half of the platform's limit, with the longest label window and the largest batches", async () => {
    await runInDurableObject(stubOf("LONG"), async (_, { storage }) => {
      const stores = storesOf(storage);
      const config = engineConfig(1000, { windowSteps: 100_000, horizonSteps: 3600 });
      const live = createSymbol("LONG", config, stores, noCountersYet());
      for (let k = 0; k < 3; k++) await apply(live, steady(5000, START_MS + k * 5_000_000));
      await new TickArchive(env.BUCKET, () => live).run(LATER_MS);
      await apply(live, steady(5000, START_MS + 15_000_000));
      live.engine.saveSnapshot(live.evaluation);
      const tables = storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
        .toArray();
      const rows = tables
        .filter(({ name }) => !name.startsWith("_cf"))
        .flatMap(({ name }) => storage.sql.exec(`SELECT * FROM ${name}`).toArray());
      const sizes = rows.map((row) => Object.values(row).reduce((sum: number, value) => sum + sizeOf(value), 0));
      expect(Math.max(...sizes)).toBeGreaterThan(300_000);
      expect(Math.max(...sizes)).toBeLessThan(PLATFORM_BYTES * 0.55);
      const again = loadSymbol(stores, noCountersYet())!;
      expect(again.engine.recovery).toMatchObject({ how: "snapshot", replayedBatches: 0 });
      expect(new Uint8Array(again.engine.features.save())).toEqual(new Uint8Array(live.engine.features.save()));
      expect(again.engine.archive!.skew.anchorSeq).toBe(live.engine.archive!.skew.anchorSeq);
    });
  });

  it("keeps slots for the longest window of long steps", async () => {
    await runInDurableObject(stubOf("BARS"), async (_, { storage }) => {
      const stores = storesOf(storage);
      const config = engineConfig(60_000, { windowSteps: 600, minCount: 300, horizonSteps: 1 });
      const live = createSymbol("BARS", config, stores, noCountersYet());
      const archive = new TickArchive(env.BUCKET, () => live);
      for (let k = 0; k < 700; k++) {
        await apply(live, steady(1, START_MS + k * 60_000).fill(100 + Math.sin(k), 1, 2));
        if (k % 60 === 0) await archive.run(LATER_MS);
      }
      const tau = live.engine.features.lastStep.tau[0]!;
      expect(tau).toBeGreaterThan(0);
      storage.sql.exec("UPDATE snapshot SET meta = 'x'");
      const rebuilt = loadSymbol(stores, noCountersYet())!;
      expect(rebuilt.engine.recovery.how).toBe("rebuilt");
      expect(rebuilt.engine.features.lastStep.tau[0]).toBe(tau);
    });
  });

  it("takes a snapshot with a wrong number of a producer for unreadable", async () => {
    await runInDurableObject(stubOf("META"), async (_, { storage }) => {
      const stores = storesOf(storage);
      const live = createSymbol("META", DEFAULT_ENGINE_CONFIG, stores, noCountersYet());
      for (let k = 0; k < 70; k++) await apply(live, steady(1, START_MS + k * 1000));
      storage.sql.exec(`UPDATE snapshot SET meta = replace(meta, '"p"', '"q"')`);
      expect(loadSymbol(stores, noCountersYet())!.engine.recovery).toMatchObject({
        how: "rebuilt",
        replayedBatches: 70,
      });
      live.engine.saveSnapshot(live.evaluation);
      storage.sql.exec(`UPDATE snapshot SET seq = seq - 1`);
      expect(loadSymbol(stores, noCountersYet())!.engine.recovery).toMatchObject({
        how: "rebuilt",
        replayedBatches: 70,
      });
    });
  });

  it("of the version before is read whole, and goes on", async () => {
    const bytes = Uint8Array.from(atob(before.gzip), (char) => char.charCodeAt(0));
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    type Stored = number | string | null | { readonly base64: string };
    const { totals, steps, watermarkMs, tables } = JSON.parse(text) as {
      readonly totals: Readonly<Record<string, number>>;
      readonly steps: number;
      readonly watermarkMs: number;
      readonly tables: Readonly<Record<string, readonly Readonly<Record<string, Stored>>[]>>;
    };
    await runInDurableObject(stubOf("STORED"), async (_, { storage }) => {
      const { sql } = storage;
      // As that version had made the table.
      sql.exec(`DROP TABLE slots`);
      sql.exec(`CREATE TABLE slots (slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, last_ts_ms REAL NOT NULL,
        producer TEXT, producer_seq INTEGER, batch BLOB NOT NULL, verdicts BLOB, held_verdict INTEGER,
        watermark_ms REAL, written_at_ms REAL) WITHOUT ROWID`);
      sql.exec(`DROP TABLE snapshot`);
      sql.exec(`CREATE TABLE snapshot (
        id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, meta TEXT NOT NULL, state BLOB NOT NULL) WITHOUT ROWID`);
      for (const [table, rows] of Object.entries(tables)) {
        for (const row of rows) {
          const values = Object.values(row).map((value) =>
            typeof value === "object" && value !== null
              ? Uint8Array.from(atob(value.base64), (char) => char.charCodeAt(0)).buffer
              : value,
          );
          const columns = Object.keys(row);
          sql.exec(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => "?").join()})`, ...values);
        }
      }
      const stores = storesOf(storage);
      const live = loadSymbol(stores, noCountersYet())!;
      const { features, recovery, batches } = live.engine;
      expect(recovery).toEqual({ how: "snapshot", reason: undefined, replayedBatches: 6, damagedBatches: 0 });
      expect({ batches, totals: features.totals, steps: features.stepsClosed }).toEqual({
        batches: 70,
        // That version had no price that was held.
        totals: { ...totals, priceOutlier: 0 },
        steps,
      });
      expect(features.watermarkMs).toBe(watermarkMs);
      await new TickArchive(env.BUCKET, () => live).run(LATER_MS);
      const figures = { archivedTicks: 140, lostBatches: 0, parityMismatches: 0, paritySkipped: 0 };
      expect(live.engine.archive!.figures).toMatchObject(figures);
      await apply(live, steady(3, watermarkMs + 1000));
      live.engine.saveSnapshot(live.evaluation);
      const again = loadSymbol(stores, noCountersYet())!;
      expect(again.engine.features.totals).toMatchObject({ accepted: 143 });
      // A rebuild replays slots of both versions.
      sql.exec("UPDATE snapshot SET meta = 'x'");
      const rebuilt = loadSymbol(stores, noCountersYet())!;
      expect(rebuilt.engine.recovery).toMatchObject({ how: "rebuilt", replayedBatches: 71, damagedBatches: 0 });
      expect(rebuilt.engine.features.lastStep.tau[0]).toBe(again.engine.features.lastStep.tau[0]);
    });
  });
});

describe("the registry", () => {
  it("stays below the platform's limit with its longest history and the longest texts", async () => {
    const text = "w".repeat(200);
    const forced = (atMs: number) => {
      const gateReasons = Array.from({ length: 20 }, () => text);
      return { sha256: String(atMs % 10).repeat(64), atMs, by: text, reason: text, gateReasons };
    };
    const registry = registryOf(env);
    for (let k = 0; k < 210; k++) {
      const cause = { atMs: k, by: "admin", who: text, reason: text } as const;
      const { sha256 } = forced(k);
      if (k % 2 === 0) await registry.setAlias("champion", sha256, { forced: forced(k), cause });
      else await registry.recordSymbol(text, text, cause);
      await registry.addNotice({ atMs: k, symbol: `S${k}`, code: "slots_unreadable", message: text + text + text });
    }
    const stub = env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
    const size = await runInDurableObject(stub, async (_, { storage }) => {
      return JSON.stringify(await storage.get("data")).length;
    });
    expect(size).toBeGreaterThan(200_000);
    expect(size).toBeLessThan(PLATFORM_BYTES * 0.55);
  });
});
