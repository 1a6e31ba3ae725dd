import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import { ARCHIVE_AGE_MS } from "../../src/durable/symbol/archive/archive-ledger.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { tickIdNumber } from "../../src/features/tick-id.ts";
import { integerStream, pack, START_MS, STREAM, type StreamTick } from "../features/tick-stream.ts";
import { ingest, stubOf } from "./gateway.ts";
import { integers, market } from "./market.ts";
import {
  LATER_MS,
  QUARTER,
  atDesk,
  bytesOf,
  expectFaithful,
  keysOf,
  readBack,
  runOf,
  steady,
  texts,
} from "./archive-desk.ts";

let drawn = 0;

describe("the archive", () => {
  it("gives the trainer, bit for bit, what the gateway served, over any ticks, restarts and archivings", async () => {
    let compared = 0;
    const plan = fc.record({ stream: STREAM, seed: fc.nat(), most: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(plan, async ({ stream, seed, most }) => {
        const symbol = `ANY-${drawn++}`;
        const rows = pack(stream);
        const below = integers(seed);
        await atDesk(symbol, async (desk) => {
          for (let at = 0; at < stream.length;) {
            const to = Math.min(at + 1 + below(most), stream.length);
            await desk.apply(rows.slice(at * TICK_FIELDS, to * TICK_FIELDS));
            at = to;
            desk.nowMs += 1000;
            if (below(6) === 0) desk.restart();
            if (below(5) === 0) await desk.archive.run(below(2) === 0 ? desk.nowMs : LATER_MS);
            if (below(6) === 0) desk.restart();
          }
          await desk.archive.run(LATER_MS);
          expect(desk.archive.failures).toBe(0);
          const { parityMismatches, paritySkipped, paritySteps, backlogBytes } = desk.figures;
          expect([parityMismatches, paritySkipped, backlogBytes]).toEqual([0, 0, 0]);
          compared += paritySteps;
        });
        await expectFaithful(symbol, rows);
      }),
      { numRuns: 40, seed: 20251103 },
    );
    expect(compared).toBeGreaterThan(5000);
  });

  it("holds a warm stream with its thresholds and labels, through the snapshots between", async () => {
    const rows = pack(integerStream(9000, 3));
    await atDesk("WARM", async (desk) => {
      for (let at = 0; at < 9000; at += 30) {
        await desk.apply(rows.slice(at * TICK_FIELDS, (at + 30) * TICK_FIELDS));
        await desk.archive.run(desk.nowMs);
        if (at % 690 === 0) desk.restart();
      }
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ parityMismatches: 0, paritySkipped: 0, lagMs: 0 });
      expect(desk.figures.paritySteps).toBe(desk.live.engine.features.stepsClosed);
    });
    expect(runOf(rows).closed.tau.filter((tau) => tau > 0).length).toBeGreaterThan(1000);
    expect((await keysOf("WARM")).length).toBeGreaterThan(3);
    await expectFaithful("WARM", rows);
  });

  it("names an object by its first tick and batch, and says in it whose ticks it holds", async () => {
    const ticks: StreamTick[] = [
      { ts: START_MS + 900, price: 100.1, bid: 100, ask: 100.2, bidSize: 0, askSize: 3, size: 0.1 + 0.2, id: 7 },
      { ts: START_MS + 100, price: 99, id: tickIdNumber("a-text") as number },
      { ts: START_MS + 100, price: 98, bid: 97, ask: 99, id: -(2 ** 53) },
    ];
    await atDesk("NAMED", async (desk) => {
      await desk.apply(pack(ticks));
      await desk.apply(
        pack([
          { ts: START_MS + QUARTER, price: 5 },
          { ts: START_MS + QUARTER + 1, price: 6 },
        ]),
      );
      await desk.archive.run(desk.nowMs);
      expect(desk.archive.nextDueMs(desk.nowMs)).toBeUndefined();
    });
    const [key = "", ...others] = await keysOf("NAMED");
    expect([key, others]).toEqual(["ticks/symbol=NAMED/date=2025-12-01/0000-0000000001.parquet", []]);
    expect(texts(await readBack("NAMED")).slice(0, 3)).toEqual(texts(pack([ticks[1]!, ticks[2]!, ticks[0]!])));
    const metadata = parquetMetadata(await bytesOf(key));
    expect(metadata.key_value_metadata).toEqual([
      { key: "archive_schema", value: "1" },
      { key: "symbol", value: "NAMED" },
      { key: "first_batch", value: "1" },
      { key: "last_batch", value: "2" },
      { key: "step_ms", value: "1000" },
    ]);
    expect(new Set(metadata.row_groups[0]!.columns.map(({ meta_data }) => meta_data!.codec))).toEqual(
      new Set(["SNAPPY"]),
    );
  });

  it("is due when a quarter hour of event time has closed, at 8 MB, or after a quarter hour by the clock", async () => {
    await atDesk("DUE", async (desk) => {
      expect(desk.archive.nextDueMs(desk.nowMs)).toBeUndefined();
      await desk.apply(steady(899));
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs + ARCHIVE_AGE_MS);
      await desk.archive.run(desk.nowMs);
      expect(await keysOf("DUE")).toEqual([]);
      await desk.apply(steady(2, START_MS + 899_000));
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs);
      expect(desk.figures).toMatchObject({ lagMs: 900_000, archivedTicks: 0 });
      await desk.archive.run(desk.nowMs);
      expect(desk.figures).toMatchObject({ archivedTicks: 901, lagMs: 0, backlogBytes: 0 });

      await desk.apply(steady(1, START_MS + 901_000));
      desk.nowMs += ARCHIVE_AGE_MS;
      await desk.archive.run(desk.nowMs - 1);
      expect(desk.figures.archivedTicks).toBe(901);
      await desk.archive.run(desk.nowMs);
      expect(desk.figures.archivedTicks).toBe(902);

      const late = steady(16_384, START_MS - 1e9, 1);
      for (let k = 0; k < 7; k++) await desk.apply(late);
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs + ARCHIVE_AGE_MS);
      await desk.apply(late);
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs);
    });
  });

  it("cuts what is due into objects of a megabyte of ticks", async () => {
    const rows = steady(40_000, START_MS, 20);
    await atDesk("CUT", async (desk) => {
      for (let at = 0; at < 40_000; at += 1000)
        await desk.apply(rows.slice(at * TICK_FIELDS, (at + 1000) * TICK_FIELDS));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 40_000, parityMismatches: 0, backlogBytes: 0 });
    });
    expect((await keysOf("CUT")).map((key) => key.slice(-15))).toEqual([
      "0000001.parquet",
      "0000018.parquet",
      "0000035.parquet",
    ]);
    expect(texts(await readBack("CUT"))).toEqual(texts(rows));
  });

  it("cuts a backlog of days into objects of an hour", async () => {
    await atDesk("HOURS", async (desk) => {
      for (let k = 0; k < 260; k++) await desk.apply(steady(1, START_MS + k * 60_000));
      await desk.archive.run(desk.nowMs);
      expect(desk.figures).toMatchObject({ archivedTicks: 260, parityMismatches: 0 });
    });
    expect((await keysOf("HOURS")).map((key) => key.slice(24, -8))).toEqual([
      "2025-12-01/0000-0000000001",
      "2025-12-01/0101-0000000062",
      "2025-12-01/0201-0000000122",
      "2025-12-01/0301-0000000182",
      "2025-12-01/0401-0000000242",
    ]);
  });
});

describe("the object's alarm", () => {
  it("archives what came through the door, once, also when the object was evicted before", async () => {
    const ticks = market("DOOR", 1000, { fromMs: START_MS });
    await ingest(ticks.slice(0, 950));
    await evictDurableObject(stubOf("DOOR"));
    await ingest(ticks.slice(950));
    await runDurableObjectAlarm(stubOf("DOOR"));
    await runDurableObjectAlarm(stubOf("DOOR"));
    expect(await keysOf("DOOR")).toHaveLength(1);
    const rows = pack(ticks);
    const archived = await readBack("DOOR");
    expect(texts(archived)).toEqual(texts(rows).slice(0, archived.length / TICK_FIELDS));
    expect(archived.length / TICK_FIELDS).toBeGreaterThanOrEqual(950);
  });
});
