// What was traded with a tick goes through slot, restart and archive; slots of before are read.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { decodeParquetTicks } from "../../src/durable/symbol/archive/parquet-ticks.ts";
import { QUOTE_FIELDS, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { fetchJson, ingest, sqlOf, stubOf } from "./gateway.ts";
import { market, tick } from "./market.ts";

const flow = { side: "sell", barTrades: 3, barVolume: 1.5, barQuoteVolume: 150.5, barTakerVolume: 0.5 };
const PACKED = [-1, 3, 1.5, 150.5, 0.5];

describe("the flow of a tick", () => {
  it("is stored with it, and ticks without any stay as narrow as they were", async () => {
    await ingest([tick("FLOW", 0), { ...tick("FLOW", 1), ...flow }]);
    await ingest([tick("FLOW", 2)]);
    const slots = await sqlOf("FLOW", "SELECT seq, wide_seq, length(batch) AS bytes FROM slots ORDER BY seq");
    expect(slots).toEqual([
      { seq: 1, wide_seq: 1, bytes: 2 * TICK_FIELDS * 8 },
      { seq: 2, wide_seq: null, bytes: QUOTE_FIELDS * 8 },
    ]);
    await evictDurableObject(stubOf("FLOW"));
    const rows = await runInDurableObject(stubOf("FLOW"), ({ stores }) => stores.slots.batch(1)?.rows);
    expect([...rows!.subarray(TICK_FIELDS + QUOTE_FIELDS)]).toEqual(PACKED);
    expect([...rows!.subarray(QUOTE_FIELDS, TICK_FIELDS)]).toEqual(Array(5).fill(NaN));
  });

  it("makes two trades of one moment, price and size that differ in side two ticks", async () => {
    const trade = { ...tick("SIDES", 0), size: 1 };
    const { body } = await ingest([
      { ...trade, side: "buy" },
      { ...trade, side: "sell" },
      { ...trade, side: "buy" },
    ]);
    expect(body).toMatchObject({ accepted: 2, duplicate: 1 });
  });

  it("reaches the archive", async () => {
    const first = market("LAKE", 1000);
    await ingest([{ ...first[0], ...flow }, ...first.slice(1)]);
    for (let run = 0; run < 2; run++) await runDurableObjectAlarm(stubOf("LAKE"));
    const { objects } = await env.BUCKET.list({ prefix: "ticks/" });
    const keys = objects.map(({ key }) => key).filter((key) => key.includes("LAKE"));
    expect(keys).toHaveLength(1);
    const { rows } = await decodeParquetTicks(await (await env.BUCKET.get(keys[0]!))!.arrayBuffer());
    expect([...rows.subarray(QUOTE_FIELDS, TICK_FIELDS)]).toEqual(PACKED);
    expect(rows.length / TICK_FIELDS).toBeGreaterThan(900);
  });

  it("does not come from a slot that a version without it has written over", async () => {
    await ingest([{ ...tick("OVER", 0), ...flow }]);
    await runInDurableObject(stubOf("OVER"), (_, { storage }) => {
      storage.sql.exec("UPDATE slots SET wide_seq = 99");
    });
    await evictDurableObject(stubOf("OVER"));
    // The bytes are those of a wide batch: read as narrow ones they fail the checksum, and are not taken for ticks.
    const batch = await runInDurableObject(stubOf("OVER"), ({ stores }) => stores.slots.batch(1));
    expect(batch?.rows).toBeUndefined();
  });

  it("of a symbol is refused by its field, beside valid ticks", async () => {
    const { body } = await ingest([{ ...tick("BAD-FLOW", 0), side: "up" }, tick("BAD-FLOW", 1)]);
    expect(body).toMatchObject({ accepted: 1, rejected: 1, errors: [{ reason: "side_malformed", field: "side" }] });
    expect((await fetchJson("/symbols/BAD-FLOW")).body.ticks.accepted).toBe(1);
  });
});
