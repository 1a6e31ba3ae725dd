// A trace that is too large is refused before a tick is applied.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { mostTraceBytes } from "../../src/durable/symbol/trace.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { fetchJson, ingest, stubOf } from "./gateway.ts";
import { type Message, market, roughMarket, tick } from "./market.ts";

const TRACE = { "X-Volgate-Trace": "steps" };

function packed(messages: readonly Message[]): Float64Array {
  const ticks = new PackedTicks();
  for (const message of messages) {
    const parsed = parseTick(message, Infinity);
    if (!isRejection(parsed)) ticks.add(parsed);
  }
  return ticks.rows();
}

/** All texts of a trace, in bytes. */
const sizeOf = (trace: unknown): number => JSON.stringify(trace).length;

describe("X-Volgate-Trace", () => {
  it("is refused with 413 when its steps would be too many, and nothing is applied", async () => {
    await ingest(tick("TRACED", 0));
    const wide = Array.from({ length: 1000 }, (_, k) => tick("TRACED", 290 * (k + 1)));
    const { status, body } = await ingest(wide, TRACE);
    expect([status, body.code]).toEqual([413, "trace_too_large"]);
    expect(body.symbols.TRACED.failed).toMatchObject({ code: "trace_too_large", retry_after_s: null });
    expect((await fetchJson("/symbols/TRACED")).body.ticks).toMatchObject({ accepted: 1 });
    const mixed = await ingest([...wide, tick("UNTRACED", 0)], TRACE);
    expect([mixed.status, mixed.body.accepted]).toEqual([207, 1]);
    expect((await ingest(wide)).body).toMatchObject({ accepted: 1000, late: 0 });
  });

  it("is never larger than what is expected of the batch, and not refused for a gap", async () => {
    await ingest(tick("BOUND", 0));
    let messages = roughMarket("BOUND", 900, 5);
    for (; messages.length > 0; messages = messages.slice(90)) {
      const batch = messages.slice(0, 90);
      const most = await runInDurableObject(stubOf("BOUND"), ({ live }) =>
        mostTraceBytes(packed(batch), live!.engine.features),
      );
      const { trace = [] } = (await ingest(batch, TRACE)).body.symbols.BOUND;
      // The names of its parts come on top.
      expect(sizeOf(trace)).toBeLessThanOrEqual(most + 2048 * trace.length);
      expect(sizeOf(trace)).toBeGreaterThan(0.2 * (most - 301 * 900));
    }
    const days = [0, 1, 2].flatMap((day) => market("BOUND", 100, { fromMs: Date.UTC(2025, 10, 5 + 5 * day) }));
    expect((await ingest(days, TRACE)).status).toBe(200);
  });
});
