import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type Answer, fetchJson, ingest, ingestAs, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { type Message, WARM_TICKS, market, pieces, roughMarket, tick } from "./market.ts";

const evict = (symbol: string) => evictDurableObject(stubOf(symbol));

/** Counts and every computed bit of each batch, as the gateway traced them. */
async function traced(symbol: string, batches: readonly Message[][], after?: (batch: number) => Promise<void>) {
  const traces: unknown[] = [];
  for (const [k, batch] of batches.entries()) {
    const { status, body } = await ingest(
      batch.map((message) => ({ ...message, symbol })),
      { "X-Volgate-Trace": "steps" },
    );
    expect(status).toBe(200);
    const { trace, ...counts } = body.symbols[symbol];
    traces.push({ ...counts, trace: trace === undefined ? null : oneNaN(trace) });
    await after?.(k);
  }
  return traces;
}

/**
 * The trace with one bit pattern for NaN: which one a machine writes depends on how far it has compiled the code.
 */
function oneNaN(trace: Record<string, unknown>, name = ""): Record<string, unknown> {
  const entries = Object.entries(trace).map(([key, value]) => {
    if (typeof value === "object" && value !== null) return [key, oneNaN(value as Record<string, unknown>, key)];
    if (typeof value !== "string" || ["sha256", "index", "flags", "label"].includes(key)) return [key, value];
    const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
    const float32 = name === "rows" || key === "values" || key === "sigmas";
    const numbers = float32 ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
    return [key, Array.from(numbers, (x) => (Object.is(x, -0) ? "-0" : String(x))).join(" ")];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** What a symbol knows of itself, without its name and what is allowed to change when it comes back. */
async function summaryOf(symbol: string): Promise<Answer["body"]> {
  const { body } = await fetchJson(`/symbols/${symbol}`);
  return { ...body, symbol: null, recovery: null, storage_bytes: null, prediction_id: body.prediction_id?.length };
}

describe("a symbol whose object was evicted", () => {
  it("answers what it answered before, whatever its memory held", async () => {
    await ingest(market("BACK", WARM_TICKS));
    const before = { prediction: (await predictFresh("BACK")).body, summary: await summaryOf("BACK") };
    await runInDurableObject(stubOf("BACK"), (instance) => {
      const live = instance.live!;
      const { prediction, models } = live.latest!;
      live.latest = { prediction: { ...prediction, probability: 0.123 }, models };
      Reflect.set(live.engine.features, "closedSteps", 5);
    });
    expect((await predictFresh("BACK")).body.probability).toBe(0.123);
    expect((await summaryOf("BACK")).steps_closed).toBe(5);
    await evict("BACK");
    const after = { prediction: (await predictFresh("BACK")).body, summary: await summaryOf("BACK") };
    expect({ ...after.prediction, age_ms: 0 }).toEqual({ ...before.prediction, age_ms: 0 });
    expect(after.summary).toEqual(before.summary);
  });

  it("goes on bit for bit like one that never stopped, evicted after every batch of a rough stream", async () => {
    const batches = pieces(roughMarket("ROUGH", 4000, 5), 45, 6);
    expect(batches.length).toBeGreaterThan(150);
    const steady = await traced("ROUGH-STEADY", batches);
    const broken = await traced("ROUGH-BROKEN", batches, () => evict("ROUGH-BROKEN"));
    for (const k of batches.keys()) expect(broken[k], `batch ${k}`).toEqual(steady[k]);
    const summary = await summaryOf("ROUGH-BROKEN");
    expect(summary).toEqual(await summaryOf("ROUGH-STEADY"));
    expect(summary).toMatchObject({ batches: batches.length, probability: expect.any(Number) });
    for (const outcome of ["duplicate", "late", "outlier"]) expect(summary.ticks[outcome]).toBeGreaterThan(5);
  });

  it("does so over large batches too, where the snapshot comes with the ticks", async () => {
    const batches = pieces(roughMarket("LARGE", 30_000, 7), 4000, 8);
    const steady = await traced("LARGE-STEADY", batches);
    const broken = await traced("LARGE-BROKEN", batches, () => evict("LARGE-BROKEN"));
    expect(broken).toEqual(steady);
    const [snapshot] = await sqlOf("LARGE-BROKEN", "SELECT seq FROM snapshot");
    expect(snapshot?.["seq"]).toBeGreaterThan(2);
    expect(batches.length).toBeLessThan(64);
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
      instance.live = undefined;
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
