// What a symbol's closed steps were like, through the public door.
import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { type Answer, fetchJson, ingest, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { market, START_MS, WARM_TICKS } from "./market.ts";

const TICKS = WARM_TICKS + 400;
const LATEST_MS = START_MS + (TICKS - 1) * 1000;
const ticks = market("H-ONE", TICKS);

const history = (query = "", symbol = "H-ONE"): Promise<Answer> => fetchJson(`/symbols/${symbol}/history${query}`);

beforeAll(async () => {
  for (let from = 0; from < TICKS; from += 100) await ingest(ticks.slice(from, from + 100));
});

describe("GET /symbols/:symbol/history", () => {
  it("gives each step as it was answered, where there are points enough", async () => {
    const { status, body } = await history("?points=2000");
    expect(status).toBe(200);
    expect(body).toMatchObject({ symbol: "H-ONE", step_ms: 1000, horizon_steps: 60, every_ms: 2000 });
    const one = (await history(`?from=${LATEST_MS - 100_000}&points=100`)).body;
    expect(one).toMatchObject({ every_ms: 1000, from: LATEST_MS - 100_000, to: LATEST_MS, latest_ms: LATEST_MS });
    expect(one.earliest_ms).toBe(START_MS + 1000);
    expect(one.columns.ts).toEqual(Array.from({ length: 100 }, (_, k) => LATEST_MS - 99_000 + k * 1000));
    // A step's price is that of the last tick before its end.
    expect(one.columns.price).toEqual(ticks.slice(TICKS - 101, TICKS - 1).map(({ price }) => price));
    const { body: latest } = await predictFresh("H-ONE");
    const last = Object.fromEntries(Object.entries<unknown[]>(one.columns).map(([name, all]) => [name, all.at(-1)]));
    expect(last["ts"]).toBe(latest.ts);
    expect(last["probability"]).toBeCloseTo(latest.probability, 6);
    expect(last["threshold"]).toBeCloseTo(latest.threshold, 6);
    expect(last["tau_bps"]).toBeCloseTo(latest.tau_bps, 4);
    expect(last["alert"]).toBe(latest.probability >= latest.threshold);
  });

  it("says which labels were confirmed, and nothing where there is none yet", async () => {
    const from = START_MS;
    const { columns } = (await history(`?from=${from}&to=${LATEST_MS}&points=2000`)).body;
    const { spike, probability, tau_bps: tau } = columns;
    // τ needs 900 values of 60 returns; a label comes one horizon after the first τ.
    expect(tau.findIndex((value: unknown) => value !== null)).toBeGreaterThan(900);
    expect(spike.findIndex((value: unknown) => value !== null)).toBe(
      tau.findIndex((value: unknown) => value !== null) + 60,
    );
    expect(new Set(spike)).toEqual(new Set([null, true, false]));
    expect(probability[0]).toBeNull();
  });

  it("answers after a restart what it answered before, bit for bit", async () => {
    const before = (await history("?points=2000")).body;
    await evictDurableObject(stubOf("H-ONE"));
    expect((await history("?points=2000")).body).toEqual(before);
  });

  it("keeps what it had where the snapshot cannot be read", async () => {
    const many = market("H-TORN", 1300, { seed: 3 });
    for (let from = 0; from < many.length; from += 10) await ingest(many.slice(from, from + 10));
    const before = (await history("?points=2000", "H-TORN")).body;
    await evictDurableObject(stubOf("H-TORN"));
    await sqlOf("H-TORN", "UPDATE snapshot SET state = x'00'");
    await evictDurableObject(stubOf("H-TORN"));
    const after = (await history("?points=2000", "H-TORN")).body;
    expect(after).toMatchObject({ earliest_ms: before.earliest_ms, latest_ms: before.latest_ms });
    expect(after.columns.price).toEqual(before.columns.price);
    expect((await fetchJson("/symbols/H-TORN")).body.recovery.how).toBe("rebuilt");
  });

  it("leaves a page that cannot be read out, and keeps the others", async () => {
    const before = (await history(`?from=${START_MS}&points=2000`, "H-TORN")).body;
    await sqlOf(
      "H-TORN",
      "UPDATE pages SET bytes = x'00' WHERE id = (SELECT min(id) FROM pages WHERE id LIKE 'steps/%')",
    );
    const { body } = await history(`?from=${START_MS}&points=2000`, "H-TORN");
    expect(body.earliest_ms).toBe(START_MS + 300_000 + 1000);
    const readable = body.columns.ts.findIndex((ts: number) => ts === body.earliest_ms);
    expect(body.columns.price.slice(0, readable)).toEqual(new Array(readable).fill(null));
    expect(body.columns.price.slice(readable)).toEqual(before.columns.price.slice(-(1299 - 300)));
  });

  it("begins with the steps of the history that a symbol was warmed with, without probabilities", async () => {
    const body = market("H-WARM", 100, { seed: 5 })
      .map((one) => JSON.stringify(one))
      .join("\n");
    const headers = { "Content-Type": "application/x-ndjson" };
    expect((await fetchJson("/admin/symbols/H-WARM/warm", { method: "POST", body, headers })).status).toBe(200);
    const { columns } = (await history(`?from=${START_MS}`, "H-WARM")).body;
    expect(columns.price).toHaveLength(99);
    expect(columns.price).not.toContain(null);
    expect(new Set(columns.probability)).toEqual(new Set([null]));
  });

  it("has no step before the first one closes", async () => {
    await ingest(market("H-NEW", 1));
    const { status, body } = await history("", "H-NEW");
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: null, to: null, earliest_ms: null, latest_ms: null, columns: { ts: [] } });
  });

  it("refuses what is no time, no number of points, and a range that ends before it begins", async () => {
    for (const [query, code] of [
      ["?from=yesterday", "from_malformed"],
      ["?from=2000&to=1000", "from_malformed"],
      ["?to=-1", "to_malformed"],
      ["?points=0", "points_malformed"],
      ["?points=2001", "points_malformed"],
      ["?points=many", "points_malformed"],
      ["?grid=7s", "unknown_grid"],
    ] as const) {
      const { status, body } = await history(query);
      expect([status, body.code], query).toEqual([400, code]);
    }
    expect((await history("", "H-NOBODY")).body.code).toBe("unknown_symbol");
  });
});
