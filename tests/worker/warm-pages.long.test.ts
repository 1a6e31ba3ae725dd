// The ticks of a history beside the snapshot: how long they are kept, and what is left without them.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { recordLog } from "../../src/log.ts";
import { fetchJson, ingest, sqlOf, stubOf } from "./gateway.ts";
import { market, START_MS, tick, WARM_TICKS } from "./market.ts";

async function warm(symbol: string): Promise<void> {
  const body = market(symbol, WARM_TICKS)
    .map((one) => JSON.stringify(one))
    .join("\n");
  const init = { method: "POST", body, headers: { "Content-Type": "application/x-ndjson" } };
  expect((await fetchJson(`/admin/symbols/${symbol}/warm`, init)).status).toBe(200);
}

const stateOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body;
const keptPages = async (symbol: string) =>
  (await sqlOf(symbol, "SELECT id FROM pages WHERE id LIKE 'warm-ticks/%'")).length;
const savedState = (symbol: string) =>
  runInDurableObject(stubOf(symbol), ({ live }) => [...new Uint8Array(live!.engine.features.save())].join());

/** Damages rows behind the object's back. */
async function damage(symbol: string, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sqlOf(symbol, statement);
  await evictDurableObject(stubOf(symbol));
}

describe("the ticks of a history", () => {
  it("are kept while slots reach back to the first batch, and removed after", async () => {
    await warm("KEPT");
    expect(await keptPages("KEPT")).toBeGreaterThan(0);
    // More than the longest window, which is 2 h, in more batches than the first ring has slots.
    const everyS = 60;
    for (let k = 0; k < 400; k++) {
      await ingest([tick("KEPT", WARM_TICKS + k * everyS, 60_000 + (k % 7))]);
      // What is not archived is never overwritten.
      if (k % 50 === 49) await runDurableObjectAlarm(stubOf("KEPT"));
      if (k === 100) expect(await keptPages("KEPT")).toBeGreaterThan(0);
    }
    expect(await keptPages("KEPT")).toBe(0);
    expect(await stateOf("KEPT")).toMatchObject({ warm: { source: "ticks", ticks: WARM_TICKS }, batches: 400 });
    const before = await stateOf("KEPT");
    await damage("KEPT", ["UPDATE snapshot SET state = x'00'"]);
    // From slots alone, as for every symbol.
    const after = await stateOf("KEPT");
    expect(after).toMatchObject({ recovery: { how: "rebuilt" }, batches: 400, warm: before.warm });
    expect(after.watermark_ms).toBe(before.watermark_ms);
  });

  it("that are damaged with the snapshot cost the history alone, and the log says so", async () => {
    await warm("TORN");
    await ingest(market("TORN", 40, { fromMs: START_MS + WARM_TICKS * 1000 }));
    const log: string[] = [];
    recordLog((_, event) => log.push(event));
    await damage("TORN", [
      "UPDATE snapshot SET state = x'00'",
      "UPDATE pages SET bytes = x'01' WHERE id LIKE 'warm-ticks/%'",
    ]);
    const state = await stateOf("TORN");
    recordLog();
    expect(log).toContain("warm_page_unreadable");
    expect(state).toMatchObject({ recovery: { how: "rebuilt", replayed_batches: 1 }, batches: 1, steps_closed: 39 });
    const next = market("TORN", 5, { fromMs: START_MS + (WARM_TICKS + 40) * 1000 });
    expect((await ingest(next)).body).toMatchObject({ late: 0, rejected: 0 });
  });

  it("are not needed where the snapshot can be read, and a damaged fact is not known any more", async () => {
    await warm("FACT");
    const before = await savedState("FACT");
    recordLog(() => undefined);
    await damage("FACT", ["UPDATE pages SET bytes = x'01' WHERE id LIKE 'warm%'"]);
    expect(await stateOf("FACT")).toMatchObject({ warm: null, recovery: { how: "snapshot" } });
    recordLog();
    expect(await savedState("FACT")).toBe(before);
  });
});
