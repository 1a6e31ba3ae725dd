import { describe, expect, it } from "vitest";
import { BUNDLED } from "../../src/model/bundled.ts";
import { setAlias } from "./artifacts.ts";
import { fetchJson, metric, sqlOf } from "./gateway.ts";
import { START_MS, market, roughMarket } from "./market.ts";
import { evict, feed, learned } from "./monitored.ts";

describe("what a symbol learned of its models", () => {
  it("is the same to the last bit whether the object was evicted between batches or not", async () => {
    const messages = roughMarket("BITS", 6000, 11);
    await feed("STEADY", messages, 40);
    let batch = 0;
    await feed("EVICTED", messages, 40, async () => {
      if (batch++ % 7 === 3) await evict("EVICTED");
    });
    const steady = await learned("STEADY");
    expect(await learned("EVICTED")).toEqual(steady);
    expect(steady.stats.resolved).toBeGreaterThan(300);
    expect(steady.stats.breaks).toBeGreaterThan(1);
  });

  it("loses no label to a restart after many steps without a snapshot", async () => {
    const messages = market("LONG", 9900);
    await feed("LONG", messages, 450);
    const before = await learned("LONG");
    await evict("LONG");
    expect(await learned("LONG")).toEqual(before);
  });

  it("survives pages that cannot be read, says so, and goes on", async () => {
    await feed("PAGES", market("PAGES", 3000), 40);
    await sqlOf("PAGES", "UPDATE pages SET bytes = substr(bytes, 1, 40) WHERE id LIKE 'monitor/quality/quality-now%'");
    await evict("PAGES");
    expect(await metric("volgate_damaged_pages", { symbol: "PAGES" })).toBe(1);
    await feed("PAGES", market("PAGES", 300, { fromMs: START_MS + 3_000_000 }), 100);
    const { windows } = await learned("PAGES");
    expect(windows[1]!.labels[0]!.resolved).toBeGreaterThan(1500);
  });
});

describe("drift under champions of different rows", () => {
  const HOUR_MS = 3_600_000;
  const hours = (from: number, to: number, seed: number) =>
    market("ROWS", (to - from) * 720, { fromMs: START_MS + from * HOUR_MS, everyMs: 5000, seed });

  it("never goes back in time, with an eviction between or without", async () => {
    await feed("ROWS", hours(0, 3, 1), 400);
    expect((await learned("ROWS")).history).toHaveLength(2);
    await setAlias("champion", BUNDLED.zscore);
    await feed("ROWS", hours(3, 5, 2), 400);
    await setAlias("champion", BUNDLED.champion);
    await feed("ROWS", hours(5, 7, 3), 400);
    const seen = async () => {
      const { latest, history } = await learned("ROWS");
      return { latest: latest["1h"]!, ends: history.map(({ toMs }) => toMs) };
    };
    const { latest, ends } = await seen();
    // The windows of the other champion's row were another's: this one began anew, with the last step of the fifth
    // hour.
    expect(ends).toEqual([START_MS + 5 * HOUR_MS, START_MS + 6 * HOUR_MS]);
    expect(latest).toMatchObject({ toMs: START_MS + 6 * HOUR_MS, modelSha: BUNDLED.champion });
    await evict("ROWS");
    const after = await seen();
    expect(after.latest.toMs).toBe(START_MS + 6 * HOUR_MS);
    expect(after.ends).toEqual([...after.ends].sort((a, b) => a - b));
    expect(after.ends.at(-1)).toBe(START_MS + 6 * HOUR_MS);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });
});
