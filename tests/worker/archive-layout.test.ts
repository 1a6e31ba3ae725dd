// Where the archive has a symbol's ticks: below percent-encoded folders, and in the layout of before.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { readArchivedHistory } from "../../src/durable/symbol/archive/archived-history.ts";
import { encodeParquetTicks } from "../../src/durable/symbol/archive/parquet-ticks.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { START_MS } from "../features/tick-stream.ts";
import { BUCKET, atDesk, bytesOf, expectFaithful, keysOf, QUARTER, steady } from "./archive-desk.ts";
import { fetchJson, ingest, stubOf } from "./gateway.ts";
import { market } from "./market.ts";

const remove = async (symbol: string) =>
  (
    await fetchJson(`/admin/symbols/${encodeURIComponent(symbol)}`, {
      method: "DELETE",
      body: JSON.stringify({ archive: true }),
      headers: { "Content-Type": "application/json" },
    })
  ).body;

/** Moves objects to where a gateway of before wrote them. */
async function moveToLayoutOfBefore(symbol: string, keys: readonly string[]): Promise<string[]> {
  const moved: string[] = [];
  for (const key of keys) {
    const before = key.replace(`symbol=${symbol}`, symbol).replace("date=", "");
    await BUCKET.put(before, await bytesOf(key));
    await BUCKET.delete(key);
    moved.push(before);
  }
  return moved;
}

describe("the archive of a symbol with a slash and a venue", () => {
  it("is one folder, from which the symbol begins again, and is deleted with it", async () => {
    const symbol = "BTC/USD@kraken";
    const sibling = "BTC/USD@kraken2";
    const all = market(symbol, 1500, { fromMs: START_MS });
    await ingest(all.slice(0, 1000));
    await ingest(market(sibling, 1000, { fromMs: START_MS }));
    for (const one of [symbol, sibling]) await runDurableObjectAlarm(stubOf(one));
    expect(await keysOf(symbol)).toEqual(["ticks/symbol=BTC%2FUSD%40kraken/date=2025-12-01/0000-0000000001.parquet"]);
    await runInDurableObject(stubOf(symbol), (_, { storage }) => storage.deleteAll());
    await evictDurableObject(stubOf(symbol));
    expect((await ingest(all.slice(1000))).status).toBe(200);
    const { body } = await fetchJson(`/symbols/${encodeURIComponent(symbol)}`);
    expect(body.batches).toBe(2);
    expect(body.steps_closed).toBeGreaterThan(1400);
    expect((await remove(symbol)).archive_objects_deleted).toBe(1);
    expect([await keysOf(symbol), (await keysOf(sibling)).length]).toEqual([[], 1]);
    await remove(sibling);
  });
});

describe("an archive that was begun in the layout of before", () => {
  it("gives its history over both layouts, the day that both have included", async () => {
    await atDesk("BOTH", async (desk) => {
      for (let k = 0; k < 8; k++) {
        await desk.apply(steady(900, START_MS + k * QUARTER));
        await desk.archive.run(desk.nowMs);
      }
      const keys = await keysOf("BOTH");
      expect(keys.length).toBeGreaterThan(5);
      const whole = await readArchivedHistory(BUCKET, "BOTH", DEFAULT_ENGINE_CONFIG);
      await moveToLayoutOfBefore("BOTH", keys.slice(0, 4));
      const { archivedSeq } = desk.live.engine;
      for (const seq of [undefined, archivedSeq]) {
        const history = await readArchivedHistory(BUCKET, "BOTH", DEFAULT_ENGINE_CONFIG, seq);
        expect(history).toMatchObject({ ticks: whole!.ticks, throughSeq: whole!.throughSeq });
        expect(new Uint8Array(history!.features.save())).toEqual(new Uint8Array(whole!.features.save()));
      }
    });
  });

  it("is deleted in both layouts, and without those of other symbols", async () => {
    await ingest(market("OLD", 1000, { fromMs: START_MS }));
    await runDurableObjectAlarm(stubOf("OLD"));
    const [key = ""] = await keysOf("OLD");
    await BUCKET.put("ticks/OLD/2025-11-30/0000-0000000001.parquet", await bytesOf(key));
    await BUCKET.put("ticks/OLDER/2025-11-30/0000-0000000001.parquet", await bytesOf(key));
    expect((await remove("OLD")).archive_objects_deleted).toBe(2);
    expect(await keysOf("OLD")).toEqual([]);
    const { objects } = await BUCKET.list({ prefix: "ticks/OLD" });
    expect(objects.map((object) => object.key)).toEqual(["ticks/OLDER/2025-11-30/0000-0000000001.parquet"]);
  });

  it("has no tick twice when the object that was being written has the same ticks in other bytes", async () => {
    const rows = steady(950);
    await atDesk("OTHER-BYTES", async (desk) => {
      await desk.apply(rows.slice(0, 901 * TICK_FIELDS));
      const ofOtherStep = { symbol: "OTHER-BYTES", firstBatch: 1, lastBatch: 1, stepMs: 999 };
      const key = "ticks/symbol=OTHER-BYTES/date=2025-12-01/0000-0000000001.parquet";
      await BUCKET.put(key, encodeParquetTicks(rows.slice(0, 901 * TICK_FIELDS), ofOtherStep));
      await desk.archive.run(desk.nowMs);
      expect([desk.archive.failures, await keysOf("OTHER-BYTES")]).toEqual([0, [key]]);
      await desk.apply(rows.slice(901 * TICK_FIELDS));
      await desk.archive.run(desk.nowMs + QUARTER);
    });
    await expectFaithful("OTHER-BYTES", rows);
  });
});
