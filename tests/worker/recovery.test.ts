import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fetchJson, ingest, ingestAs, metric, predictFresh, stubOf } from "./gateway.ts";
import { WARM_TICKS, market, roughMarket, tick } from "./market.ts";
import { summaryOf } from "./summary.ts";

const evict = (symbol: string) => evictDurableObject(stubOf(symbol));

describe("a symbol whose object was evicted", () => {
  it("answers what it answered before, whatever its memory held", async () => {
    await ingest(market("BACK", WARM_TICKS));
    const before = { prediction: (await predictFresh("BACK")).body, summary: await summaryOf("BACK") };
    await runInDurableObject(stubOf("BACK"), (instance) => {
      const live = instance.live!;
      const latest = live.latest!;
      live.latest = { ...latest, prediction: { ...latest.prediction, probability: 0.123 } };
      Reflect.set(live.engine.features, "closedSteps", 5);
    });
    expect((await predictFresh("BACK")).body.probability).toBe(0.123);
    expect((await summaryOf("BACK")).steps_closed).toBe(5);
    await evict("BACK");
    const after = { prediction: (await predictFresh("BACK")).body, summary: await summaryOf("BACK") };
    expect({ ...after.prediction, age_ms: 0 }).toEqual({ ...before.prediction, age_ms: 0 });
    expect(after.summary).toEqual(before.summary);
  });

  it("comes back from a snapshot and the slots after it", async () => {
    for (let k = 0; k < 70; k++) await ingest(tick("SLOTS", k));
    await evict("SLOTS");
    const { recovery } = (await fetchJson("/symbols/SLOTS")).body;
    expect(recovery).toEqual({ how: "snapshot", replayed_batches: 6, damaged_batches: 0, reason: null });
  });

  it("still has the numbers of its producers, from snapshot and slots", async () => {
    await ingestAs("old", 9, tick("PRODUCERS", 0));
    for (let k = 1; k < 64; k++) await ingest(tick("PRODUCERS", k));
    await ingestAs("new", 4, tick("PRODUCERS", 64));
    await evict("PRODUCERS");
    for (const [producer, seq, second] of [["old", 9, 0] as const, ["new", 4, 64] as const]) {
      expect((await ingestAs(producer, seq, tick("PRODUCERS", second))).body).toMatchObject({
        accepted: 0,
        duplicate: 1,
      });
      expect((await ingestAs(producer, seq + 1, tick("PRODUCERS", 65))).body.late).toBe(0);
    }
  });

  it("decides a tick that was held before it stopped", async () => {
    await ingest([tick("HOLD", 0), tick("HOLD", 5000)]);
    await evict("HOLD");
    expect((await ingest(tick("HOLD", 5001))).body).toMatchObject({ accepted: 1, held: 0, released: 1 });
  });

  it("keeps the grid it was created with when the deployment has another", async () => {
    await runInDurableObject(stubOf("GRID"), (instance) => {
      Object.assign(instance, { env: { ...env, STEP_MS: "5000" } });
    });
    await ingest([tick("GRID", 0), tick("GRID", 12)]);
    await evict("GRID");
    expect((await fetchJson("/symbols/GRID")).body).toMatchObject({ step_ms: 5000, steps_closed: 2 });
    expect((await ingest(tick("GRID", 15))).body.symbols.GRID.steps_closed).toBe(1);
    const { body } = await predictFresh("GRID");
    expect(body).toMatchObject({
      probability: null,
      warming_up: false,
      missing: [expect.stringMatching(/^schema_differs: /)],
    });
  });

  it("keeps that grid also when it could not be read back before its next batch", async () => {
    await ingest(tick("UNREAD", 0));
    await runInDurableObject(stubOf("UNREAD"), (instance) => {
      instance.held.live = undefined;
      Reflect.set(instance, "env", { ...(Reflect.get(instance, "env") as object), STEP_MS: "5000" });
    });
    expect((await ingest(tick("UNREAD", 1))).body.symbols.UNREAD.steps_closed).toBe(1);
    expect((await fetchJson("/symbols/UNREAD")).body).toMatchObject({ step_ms: 1000, batches: 2 });
  });

  it("counts its ticks exactly, in its summary and in the metrics", async () => {
    const ticks = roughMarket("EXACT", 500, 11);
    await ingest(ticks.slice(0, 300));
    await evict("EXACT");
    await ingest(ticks.slice(300));
    await evict("EXACT");
    const { ticks: totals, holding } = (await fetchJson("/symbols/EXACT")).body;
    const { accepted, duplicate, late, outlier } = totals;
    expect(accepted + duplicate + late + outlier + Number(holding)).toBe(ticks.length);
    for (const [outcome, n] of Object.entries(totals)) {
      expect(await metric("volgate_ticks_total", { symbol: "EXACT", outcome })).toBe(n);
    }
  });
});
