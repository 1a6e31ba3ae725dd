import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { alertsOf } from "../../src/clients/alerts.ts";
import { fetchJson, ingest, stubOf } from "./gateway.ts";
import { market } from "./market.ts";

const RULES = [
  "pr_auc_fell",
  "not_better_than_baseline",
  "drift",
  "calibration",
  "feed_silent",
  "error_budget",
  "parity_mismatch",
];

interface Rule {
  readonly rule: string;
  readonly state: string;
  readonly summary: string;
  readonly missing: readonly string[];
}

async function ruleOf(symbol: string, name: string): Promise<Rule> {
  const { body } = await fetchJson(`/symbols/${symbol}/alerts`);
  return body.rules.find(({ rule }: Rule) => rule === name);
}

/** Two live batches, the later one so many ms ago, with six minutes between them. */
async function live(symbol: string, agoMs: number): Promise<void> {
  const nowMs = Date.now();
  const clock = vi.spyOn(Date, "now");
  for (const beforeMs of [360_000, 0]) {
    const atMs = nowMs - agoMs - beforeMs;
    clock.mockReturnValue(atMs);
    await ingest(market(symbol, 60, { fromMs: atMs - 60_000 }));
  }
  clock.mockRestore();
}

const put = (symbol: string, body: unknown) =>
  fetchJson(`/admin/symbols/${symbol}/alerts`, { method: "PUT", body: JSON.stringify(body) });

const settingsOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}/alerts`)).body.settings;

beforeAll(async () => {
  await ingest(market("SA-OLD", 1200));
  await live("SA-LIVE", 0);
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

  it("says how much of its evidence a quality rule still wants", async () => {
    expect(await ruleOf("SA-OLD", "calibration")).toMatchObject({
      state: "unknown",
      severity: "warning",
      value: null,
      fire_at: 0.02,
      resolve_at: null,
      evidence: null,
      samples: [],
      confirmations: { have: 0, need: 1 },
      since: null,
      cool_down_until: null,
      missing: [
        expect.stringMatching(/^figures: too few groups of steps to judge: \d, expected more than 4$/),
        "confirmations: 0 of 1 in a row",
      ],
    });
  });

  it("looks at the feed now: quiet while ticks come", async () => {
    const silent = await ruleOf("SA-LIVE", "feed_silent");
    expect(silent).toMatchObject({ state: "quiet", fire_at: 60_000, value: expect.any(Number) });
    expect(silent.missing[0]).toMatch(/^condition: the silence is \d+ s, it must be above 60 s$/);
  });

  it("does not judge the silence of a replay of old ticks, not after a restart either", async () => {
    const unknown = { state: "unknown", missing: [expect.stringContaining("no live feed"), expect.any(String)] };
    expect(await ruleOf("SA-OLD", "feed_silent")).toMatchObject(unknown);
    await evictDurableObject(stubOf("SA-OLD"));
    expect(await ruleOf("SA-OLD", "feed_silent")).toMatchObject(unknown);
  });

  it("does not take a few live ticks for a feed: the name may be mistyped", async () => {
    await ingest(market("SA-TYPO", 60, { fromMs: Date.now() - 60_000 }));
    expect(await ruleOf("SA-TYPO", "feed_silent")).toMatchObject({ state: "unknown" });
  });

  it("says how long a live feed has been silent, for people, and after a restart too", async () => {
    await live("SA-GONE", 11_520_000);
    await evictDurableObject(stubOf("SA-GONE"));
    const silent = await ruleOf("SA-GONE", "feed_silent");
    expect(silent).toMatchObject({ state: "pending", missing: ["confirmations: 0 of 1 in a row"] });
    expect(silent.summary).toBe("the last live tick came 3 h 12 min ago, limit 60 s");
  });

  it("refuses a malformed name, and a symbol without ticks", async () => {
    expect(await fetchJson("/symbols/a%20b/alerts")).toMatchObject({ status: 400 });
    expect(await fetchJson("/symbols/SA-NEVER/alerts")).toMatchObject({
      status: 404,
      body: { code: "unknown_symbol" },
    });
  });
});

describe("PUT /admin/symbols/:symbol/alerts", () => {
  const ringAlarm = (symbol: string) => runDurableObjectAlarm(stubOf(symbol));
  const activeOf = async (symbol: string) => await alertsOf(env).active(symbol);

  it("mutes a symbol: what fires ends, and nothing fires again, over a restart too", async () => {
    await live("SA-MUTED", 600_000);
    await ringAlarm("SA-MUTED");
    expect(await activeOf("SA-MUTED")).toMatchObject([{ rule: "feed_silent", severity: "critical" }]);
    const muted = { mute: true, mute_until: null, hours: null };
    expect(await put("SA-MUTED", { mute: true })).toMatchObject({ status: 200, body: muted });
    await vi.waitFor(async () => expect(await activeOf("SA-MUTED")).toEqual([]));
    await evictDurableObject(stubOf("SA-MUTED"));
    expect(await settingsOf("SA-MUTED")).toEqual(muted);
    await ringAlarm("SA-MUTED");
    expect(await activeOf("SA-MUTED")).toEqual([]);
    await put("SA-MUTED", { mute: false });
    await ringAlarm("SA-MUTED");
    expect(await activeOf("SA-MUTED")).toHaveLength(1);
  });

  it("mutes it until a time, and looks again then", async () => {
    await live("SA-LATER", 600_000);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await put("SA-LATER", { mute_until: until })).toMatchObject({ status: 200, body: { mute_until: until } });
    await ringAlarm("SA-LATER");
    expect(await activeOf("SA-LATER")).toEqual([]);
    await put("SA-LATER", { mute_until: "2026-01-01T00:00:00Z" });
    await ringAlarm("SA-LATER");
    expect(await activeOf("SA-LATER")).toHaveLength(1);
  });

  it("takes the hours of its market: a silence while it is closed is none, and one that fires then ends", async () => {
    await live("SA-HOURS", 600_000);
    await ringAlarm("SA-HOURS");
    expect(await activeOf("SA-HOURS")).toHaveLength(1);
    const tomorrow = new Date(Date.now() + 86_400_000).toUTCString().slice(0, 3);
    await put("SA-HOURS", { hours: `${tomorrow} 00:00-24:00` });
    await ringAlarm("SA-HOURS");
    expect(await activeOf("SA-HOURS")).toEqual([]);
    expect(await ruleOf("SA-HOURS", "feed_silent")).toMatchObject({ state: "unknown" });
  });

  it.each([
    [{ mute: "yes" }, "mute_malformed"],
    [{ mute_until: "tomorrow" }, "mute_until_malformed"],
    [{ hours: "9 to 5" }, "hours_malformed"],
    [{ silence: true }, "field_unknown"],
    [{}, "nothing_to_change"],
  ])("refuses %j with %s", async (body, code) => {
    expect(await put("SA-LIVE", body)).toMatchObject({ status: 400, body: { code } });
  });

  it("refuses a symbol without ticks", async () => {
    expect(await put("SA-NEVER", { mute: true })).toMatchObject({ status: 404, body: { code: "unknown_symbol" } });
  });
});
