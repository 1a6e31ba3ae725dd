import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ingest, sqlOf, stubOf } from "./gateway.ts";
import { type Message, pieces, roughMarket } from "./market.ts";
import { summaryOf } from "./summary.ts";

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
    const float32 = name === "rows" || ["values", "raw", "sigmas", "sigmaQuantiles"].includes(key);
    const numbers = float32 ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
    return [key, Array.from(numbers, (x) => (Object.is(x, -0) ? "-0" : String(x))).join(" ")];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

describe("a symbol whose object is evicted after every batch", () => {
  it("goes on bit for bit like one that never stopped, over a rough stream", async () => {
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
});
