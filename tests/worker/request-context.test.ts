import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { fetchJson, ingest, sqlOf, stubOf } from "./gateway.ts";
import { market, tick } from "./market.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

/** What the console got while `work` ran, as objects. */
async function logged(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((text: string) => {
    if (text.startsWith("{")) lines.push(JSON.parse(text) as Record<string, unknown>);
  });
  onTestFinished(() => spy.mockRestore());
  await work();
  spy.mockRestore();
  return lines;
}

describe("a request", () => {
  it("is answered with its trace, and its own name in it", async () => {
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    const first = (await fetchJson("/version", { headers: { traceparent } })).headers.get("traceparent");
    const second = (await fetchJson("/version", { headers: { traceparent } })).headers.get("traceparent");
    expect(first).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(first).not.toBe(traceparent);
    expect(second).not.toBe(first);
  });

  it("begins a trace of its own where it brings none that can be read", async () => {
    for (const headers of [{}, { traceparent: "00-0-0-00" }]) {
      const { headers: answered } = await fetchJson("/version", { headers });
      expect(answered.get("traceparent")).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
    }
  });

  it("says where its time went, whether it was answered or refused", async () => {
    await ingest(market("T-TIMES", 60));
    for (const path of ["/predict?symbol=T-TIMES", "/predict?symbol=T-NOBODY"]) {
      const { headers } = await fetchJson(path);
      const [, parse, objects, total] =
        /^parse;dur=(\d+), objects;dur=(\d+), total;dur=(\d+)$/.exec(headers.get("Server-Timing")!) ?? [];
      expect(Number(total)).toBeGreaterThanOrEqual(Number(parse) + Number(objects) - 1);
    }
  });

  it("names itself in what it makes the Worker and the symbol's object log, and no other request's", async () => {
    await ingest(tick("T-BAD", 0));
    await sqlOf("T-BAD", "DROP TABLE slots");
    await ingest(market("T-GOOD", 5));
    await runInDurableObject(stubOf("T-GOOD"), (instance) => {
      instance.background.afterBatch = () => {
        throw new Error("broken");
      };
    });
    const send = (symbol: string) =>
      ingest(tick(symbol, 20), {
        "X-Correlation-ID": `id-of-${symbol}`,
        traceparent: `00-${TRACE}-00f067aa0ba902b7-00`,
      });
    const lines = await logged(() => Promise.all([send("T-BAD"), send("T-GOOD")]));
    const worker = lines.find(({ event }) => event === "ingest_failed");
    expect(worker).toMatchObject({ level: "error", symbol: "T-BAD", request_id: "id-of-T-BAD", trace_id: TRACE });
    const object = lines.find(({ event }) => event === "background_failed");
    expect(object).toMatchObject({ level: "error", symbol: "T-GOOD", request_id: "id-of-T-GOOD" });
    expect(object).not.toHaveProperty("trace_id");
  });
});
