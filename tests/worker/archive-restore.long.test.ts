// What the archive has is taken from there: where slots do not reach back, and where a symbol's database is gone.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { fetchJson, ingest, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { START_MS, WARM_TICKS, market } from "./market.ts";

async function noticesOf(symbol: string): Promise<{ readonly code: string; readonly message: string }[]> {
  await updateModels(env);
  const { notices } = (await fetchJson("/health")).body;
  return notices.filter((notice: { readonly symbol: string }) => notice.symbol === symbol);
}

/** As if the directory had known every symbol for long. */
async function ageDirectory(): Promise<void> {
  for (let k = 0; k < 16; k++) {
    const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName(`bucket-${k}`));
    await (await stub.fetch("https://itty-durable.io/do/call/list")).text();
    await runInDurableObject(stub, (_, { storage }) => void storage.sql.exec("UPDATE names SET since_ms = 0"));
    await evictDurableObject(stub);
  }
}

/** The database as after a loss: without tables, or without rows. */
async function lose(symbol: string, how: "deleted" | "emptied"): Promise<void> {
  await runInDurableObject(stubOf(symbol), async (_, { storage }) => {
    if (how === "deleted") await storage.deleteAll();
    else
      for (const table of ["identity", "slots", "rings", "snapshot", "pages"]) storage.sql.exec(`DELETE FROM ${table}`);
  });
  await evictDurableObject(stubOf(symbol));
}

/** Lists of the bucket fail until the object is evicted. */
async function withoutBucket(symbol: string): Promise<void> {
  await runInDurableObject(stubOf(symbol), (instance) => {
    const BUCKET = { list: () => Promise.reject(new Error("R2 is away")) } as unknown as R2Bucket;
    Object.assign(instance, { env: { ...env, BUCKET } });
  });
}

describe("a symbol whose database is gone", () => {
  for (const how of ["deleted", "emptied"] as const) {
    it(`goes on with the windows of its archive, and says so, when it was ${how}`, async () => {
      const symbol = how.toUpperCase();
      const all = market(symbol, WARM_TICKS + 600);
      for (let from = 0; from < WARM_TICKS; from += 200) await ingest(all.slice(from, from + 200));
      await ingest(all.slice(WARM_TICKS, WARM_TICKS + 500));
      await runDurableObjectAlarm(stubOf(symbol));
      const before = (await fetchJson(`/symbols/${symbol}`)).body;
      expect(before.threshold_values.have).toBeGreaterThan(900);
      await ageDirectory();
      await lose(symbol, how);
      expect((await ingest(all.slice(WARM_TICKS + 500))).status).toBe(200);
      const after = (await fetchJson(`/symbols/${symbol}`)).body;
      expect(after.threshold_values.have).toBeGreaterThanOrEqual(before.threshold_values.have);
      expect(after.batches).toBe(before.batches + 1);
      expect((await predictFresh(symbol)).body.probability).toEqual(expect.any(Number));
      await vi.waitFor(async () => {
        expect(await noticesOf(symbol)).toMatchObject([
          { code: "database_lost", message: expect.stringMatching(/\d+ ticks of the archive/) },
        ]);
      });
      // It is archived on: nothing twice, and in the order of the batches.
      await evictDurableObject(stubOf(symbol));
      expect((await fetchJson(`/symbols/${symbol}`)).body).toMatchObject({
        batches: after.batches,
        ticks: after.ticks,
      });
    });
  }

  it("is begun from its archive again when its first snapshot cannot be written", async () => {
    const all = market("NOROOM", WARM_TICKS + 100);
    await ingest(all.slice(0, WARM_TICKS));
    await runDurableObjectAlarm(stubOf("NOROOM"));
    const before = (await fetchJson("/symbols/NOROOM")).body;
    await lose("NOROOM", "deleted");
    await runInDurableObject(stubOf("NOROOM"), ({ stores: { slots } }) => {
      const saveSnapshot = slots.saveSnapshot.bind(slots);
      slots.saveSnapshot = () => {
        slots.saveSnapshot = saveSnapshot;
        throw new Error("no space");
      };
    });
    expect((await ingest(all.slice(WARM_TICKS))).status).toBe(503);
    expect((await ingest(all.slice(WARM_TICKS))).status).toBe(200);
    const after = (await fetchJson("/symbols/NOROOM")).body;
    expect(after).toMatchObject({ batches: before.batches + 1, recovery: { damaged_batches: 0 } });
    expect(after.threshold_values.have).toBeGreaterThanOrEqual(before.threshold_values.have);
  });

  it("begins anew where the archive has nothing, and says so", async () => {
    await ingest(market("ANEW", 20));
    await ageDirectory();
    await lose("ANEW", "deleted");
    expect((await ingest(market("ANEW", 10, { fromMs: START_MS + 60_000 }))).body).toMatchObject({ accepted: 10 });
    await vi.waitFor(async () => {
      expect(await noticesOf("ANEW")).toMatchObject([
        { code: "database_lost", message: expect.stringContaining("begins anew") },
      ]);
    });
  });

  it("takes no tick while nobody can say whether the archive has it", async () => {
    await ingest(market("AWAY", 20));
    await ageDirectory();
    await lose("AWAY", "deleted");
    await withoutBucket("AWAY");
    expect((await ingest(market("AWAY", 10))).status).toBe(503);
    await evictDurableObject(stubOf("AWAY"));
    expect((await ingest(market("AWAY", 10))).status).toBe(200);
  });

  it("says nothing of a symbol that waited for its champion and was never created", async () => {
    await runInDurableObject(stubOf("WAITED"), (instance) => {
      Object.assign(instance.life, { create: () => Promise.resolve(undefined) });
    });
    expect((await ingest(market("WAITED", 1))).status).toBe(503);
    await ageDirectory();
    await evictDurableObject(stubOf("WAITED"));
    expect((await ingest(market("WAITED", 1))).body).toMatchObject({ accepted: 1 });
    expect(await noticesOf("WAITED")).toEqual([]);
  });

  it("says nothing of a symbol that has just been created", async () => {
    await ingest(market("BORN", 20));
    expect(await noticesOf("BORN")).toEqual([]);
  });
});

/** Leaves the last slots only, as in a ring that was overwritten, and a snapshot that cannot be read. */
async function keepSlots(symbol: string, kept: number): Promise<void> {
  await evictDurableObject(stubOf(symbol));
  await sqlOf(symbol, `DELETE FROM slots WHERE seq <= (SELECT max(seq) - ${kept} FROM slots)`);
  await sqlOf(symbol, `INSERT OR REPLACE INTO rings VALUES (2, 256, ${kept})`);
  await sqlOf(symbol, `UPDATE slots SET slot = 256 + seq % ${kept}`);
  await sqlOf(symbol, "UPDATE snapshot SET meta = 'x'");
  await evictDurableObject(stubOf(symbol));
}

describe("a snapshot that cannot be read", () => {
  it("costs no prediction where slots do not reach back as far as the archive", async () => {
    const all = market("REACH", WARM_TICKS + 900);
    for (let from = 0; from < all.length; from += 100) await ingest(all.slice(from, from + 100));
    await runDurableObjectAlarm(stubOf("REACH"));
    const before = (await fetchJson("/symbols/REACH")).body;
    await keepSlots("REACH", 4);
    const after = (await fetchJson("/symbols/REACH")).body;
    expect(after.recovery).toMatchObject({ how: "rebuilt", reason: expect.stringContaining("of the archive") });
    expect(after).toMatchObject({ batches: before.batches, tau_bps: before.tau_bps });
    expect(after.prediction_id).toBe(before.prediction_id);
    expect(after.probability).toBeCloseTo(before.probability, 4);
  });
  it("does not pass over its own batches for an earlier life of the symbol with higher numbers", async () => {
    const earlier = market("TWICE", 60);
    for (let k = 0; k < 60; k += 2) await ingest(earlier.slice(k, k + 2));
    expect((await fetchJson("/admin/symbols/TWICE", { method: "DELETE", body: "{}" })).status).toBe(200);
    await withoutBucket("TWICE");
    const later = market("TWICE", 600, { fromMs: START_MS + 2_000_000 });
    // Begun while nobody can read the archive: its batches are numbered from 1.
    await ingest(later.slice(0, 300));
    await evictDurableObject(stubOf("TWICE"));
    for (let k = 300; k < 500; k += 50) await ingest(later.slice(k, k + 50));
    await runInDurableObject(stubOf("TWICE"), ({ background }) => background.archive!.flush());
    for (let k = 500; k < 600; k += 50) await ingest(later.slice(k, k + 50));
    const before = (await fetchJson("/symbols/TWICE")).body;
    await keepSlots("TWICE", 3);
    const after = (await fetchJson("/symbols/TWICE")).body;
    expect(after.recovery).toMatchObject({ how: "rebuilt", reason: expect.stringContaining("ticks of the archive") });
    const { batches, ticks, threshold_values, watermark_ms } = before;
    expect(after).toMatchObject({ batches: 7, ticks, threshold_values, watermark_ms });
    expect(batches).toBe(7);
  });
  it("asks the archive again after it could not be read, also when the short state is in a snapshot", async () => {
    const all = market("HICCUP", WARM_TICKS + 900);
    for (let from = 0; from < all.length; from += 100) await ingest(all.slice(from, from + 100));
    await runDurableObjectAlarm(stubOf("HICCUP"));
    const whole = (await fetchJson("/symbols/HICCUP")).body;
    const now = async () => (await fetchJson("/symbols/HICCUP")).body;
    for (const comesBack of ["while it runs", "with its next start"]) {
      await keepSlots("HICCUP", 4);
      await withoutBucket("HICCUP");
      expect((await now()).threshold_values.have).toBeLessThan(400);
      if (comesBack === "with its next start") await evictDurableObject(stubOf("HICCUP"));
      else {
        await runInDurableObject(stubOf("HICCUP"), (instance) => void Object.assign(instance, { env }));
        expect((await now()).threshold_values.have).toBeLessThan(400);
        await runInDurableObject(stubOf("HICCUP"), (instance) => {
          Object.assign(instance.access.missingHistory, { failedMs: Date.now() - 30_000 });
        });
      }
      const { batches, tau_bps } = whole;
      expect(await now()).toMatchObject({ batches, tau_bps, recovery: { how: "rebuilt" } });
      // Once: it is whole now.
      expect(await runInDurableObject(stubOf("HICCUP"), ({ live }) => live?.engine.lacksHistory)).toBe(false);
    }
  });
});
