import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchJson, ingest, stubOf } from "./gateway.ts";
import { market } from "./market.ts";

const RULES = ["pr_auc_fell", "not_better_than_persistence", "drift", "calibration", "feed_silent", "error_budget"];

interface Rule {
  readonly rule: string;
  readonly state: string;
  readonly missing: readonly string[];
}

async function ruleOf(symbol: string, name: string): Promise<Rule> {
  const { body } = await fetchJson(`/symbols/${symbol}/alerts`);
  return body.rules.find(({ rule }: Rule) => rule === name);
}

beforeAll(async () => {
  await ingest(market("SA-OLD", 1200));
  await ingest(market("SA-LIVE", 120, { fromMs: Date.now() - 120_000 }));
});

describe("GET /symbols/:symbol/alerts", () => {
  it("gives the state of every rule of the symbol, and what is missing", async () => {
    const { status, body } = await fetchJson("/symbols/SA-OLD/alerts");
    expect(status).toBe(200);
    expect(body.symbol).toBe("SA-OLD");
    expect(body.rules.map(({ rule }: Rule) => rule)).toEqual(RULES);
    for (const { rule, state, missing } of body.rules as Rule[]) {
      expect(["pending", "quiet", "unknown"], rule).toContain(state);
      expect(missing.length, rule).toBeGreaterThan(0);
    }
    expect(body.firing).toBe(0);
  });

  it("names the samples that quality rules still want", async () => {
    expect(await ruleOf("SA-OLD", "calibration")).toMatchObject({
      state: "unknown",
      severity: "warning",
      value: null,
      fire_at: 0.02,
      resolve_at: 0.01,
      samples: [
        { what: "resolved steps", need: 3600 },
        { what: "blocks", need: 8 },
        { what: "episodes", need: 10 },
      ],
      confirmations: { have: 0, need: 3 },
      since: null,
      cool_down_until: null,
      missing: [
        expect.stringMatching(/^figures: too few resolved steps to judge: \d+, expected 3600$/),
        "confirmations: 0 of 3 in a row, each at least 900 s after the one before",
      ],
    });
  });

  it("looks at the feed now: quiet while ticks come", async () => {
    const silent = await ruleOf("SA-LIVE", "feed_silent");
    expect(silent).toMatchObject({ state: "quiet", fire_at: 60_000, value: expect.any(Number) });
    expect(silent.missing[0]).toMatch(/^condition: the silence is \d+ s, it must be above 60 s$/);
  });

  it("says the same after the object was evicted, when ticks are old by their own time", async () => {
    await evictDurableObject(stubOf("SA-OLD"));
    expect(await ruleOf("SA-OLD", "feed_silent")).toMatchObject({
      state: "pending",
      missing: ["confirmations: 0 of 1 in a row"],
    });
  });

  it("refuses a malformed name, and a symbol without ticks", async () => {
    expect(await fetchJson("/symbols/a%20b/alerts")).toMatchObject({ status: 400 });
    expect(await fetchJson("/symbols/SA-NEVER/alerts")).toMatchObject({
      status: 404,
      body: { code: "unknown_symbol" },
    });
  });
});
