// Names with slashes, colons and either case, and venues beside them, at every route.
import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { keysOf } from "./archive-desk.ts";
import { predictionKeys } from "./archived-predictions.ts";
import { type Answer, fetchJson, ingest, metric, postJson, stubOf } from "./gateway.ts";
import { WARM_TICKS, market, tick } from "./market.ts";

/** As a client spells it, and its key. */
const NAMES = [
  ["BTC/USD", "BTC/USD"],
  ["eth/usd", "ETH/USD"],
  ["BTC/USDT:USDT", "BTC/USDT:USDT"],
  ["^GSPC", "^GSPC"],
  ["ES=F", "ES=F"],
  ["X:BTC-USD", "X:BTC-USD"],
  ["sol/usd@Kraken", "SOL/USD@kraken"],
] as const;

const path = (name: string, rest = ""): string => `/symbols/${encodeURIComponent(name)}${rest}`;
const predict = (query: Record<string, string>): Promise<Answer> =>
  fetchJson(`/predict?${new URLSearchParams(query).toString()}`);
const quiet = (name: string, answer: Answer) =>
  expect([name, answer.status, answer.body.symbol]).toEqual([name, 200, name]);

describe.each(NAMES)("a symbol named %s", (name, key) => {
  let taken: Answer;

  beforeAll(async () => {
    taken = await ingest(market(name, WARM_TICKS));
  });

  it("is named in the answer to its ticks as it was sent, also where they are refused", async () => {
    expect(Object.keys(taken.body.symbols)).toEqual([name]);
    expect(taken.body).toMatchObject({ accepted: WARM_TICKS, rejected: 0 });
    const { body } = await ingest([{ ...tick(name, WARM_TICKS), price: -1 }]);
    expect(body.errors[0]).toMatchObject({ symbol: name, reason: "price_not_positive" });
  });

  it("has one prediction, by GET and by POST, in any case", async () => {
    const venue = key.split("@")[1] ?? null;
    for (const asked of [name, name.toUpperCase(), name.toLowerCase()]) {
      const { status, body } = await predict({ symbol: asked });
      expect([status, body.symbol, body.venue]).toEqual([200, asked, venue]);
      expect(body.prediction_id).toMatch(/^.+:\d+:[0-9a-f]{12}$/);
      expect(body.prediction_id.startsWith(`${key}:`)).toBe(true);
      const many = await postJson("/predict", { symbols: [asked] });
      expect(many.body.predictions[0]).toMatchObject({ symbol: asked, venue, prediction_id: body.prediction_id });
    }
  });

  it("is found by its percent-encoded name at each of its routes", async () => {
    const state = await fetchJson(path(name));
    quiet(name, state);
    expect(state.body).toMatchObject({
      venue: key.split("@")[1] ?? null,
      ticks: { accepted: WARM_TICKS },
      missing: [],
    });
    quiet(name, await fetchJson(path(name, "/quality?window=1h")));
    quiet(name, await fetchJson(path(name, "/drift")));
    quiet(name, await fetchJson(path(name, "/alerts")));
    const muted = await fetchJson(`/admin${path(name)}/alerts`, {
      method: "PUT",
      body: JSON.stringify({ mute: true }),
    });
    expect([name, muted.status, muted.body.mute]).toEqual([name, 200, true]);
    expect((await fetchJson("/symbols")).body.symbols).toContain(key);
    const live = await fetchJson(`/metrics/live-performance?symbol=${encodeURIComponent(name)}`);
    expect([live.status, live.body.window]).toEqual([200, "24h"]);
  });

  it("takes a label by the id of its prediction", async () => {
    const { prediction_id } = (await predict({ symbol: name })).body;
    expect((await postJson("/feedback", { prediction_id, label: true })).body.results).toEqual([
      { prediction_id, outcome: "accepted" },
    ]);
  });

  it("is a label of its metrics, the venue another one", async () => {
    const [symbol, venue] = key.split("@") as [string, string?];
    expect(await metric("volgate_symbol_up", { symbol, ...(venue === undefined ? {} : { venue }) })).toBe(1);
    expect((await fetchJson("/metrics")).body).not.toContain("@");
  });

  it("has an archive in a folder of its own, and is removed with it", async () => {
    await runDurableObjectAlarm(stubOf(key));
    const keys = await keysOf(key);
    expect(keys.length).toBeGreaterThan(0);
    for (const one of keys) expect(one.split("/")).toHaveLength(4);
    const all = keys.length + (await predictionKeys(key)).length;
    const removed = await fetchJson(`/admin${path(name)}`, {
      method: "DELETE",
      body: JSON.stringify({ archive: true }),
    });
    expect([removed.status, removed.body]).toEqual([
      200,
      { symbol: name, alerts_ended: 0, archive_objects_deleted: all },
    ]);
    expect((await fetchJson(path(name))).status).toBe(404);
    expect(await keysOf(key)).toEqual([]);
  });
});

describe("one symbol of two venues", () => {
  const [kraken, okx] = [market("DUO/USD", 60, { seed: 1 }), market("DUO/USD", 60, { seed: 2 })];

  it("is two symbols, which never meet", async () => {
    const messages = kraken.flatMap((message, i) => [
      { ...message, venue: "Kraken" },
      { ...okx[i]!, exchange: "OKX" },
      { ...tick("DUO/USD", i) },
    ]);
    const { body } = await ingest(messages);
    expect(body.accepted).toBe(180);
    expect(Object.keys(body.symbols).sort()).toEqual(["DUO/USD", "DUO/USD@Kraken", "DUO/USD@OKX"]);
    const states = await Promise.all(["DUO/USD", "duo/usd@kraken", "DUO/USD@okx"].map((name) => fetchJson(path(name))));
    expect(states.map((state) => state.body.ticks.accepted)).toEqual([60, 60, 60]);
    expect(new Set(states.map((state) => state.body.price)).size).toBe(3);
    expect(states[1]!.body).toMatchObject({ symbol: "duo/usd@kraken", venue: "kraken" });
  });

  it("is asked for by the venue beside the symbol, or behind an @", async () => {
    const beside = (await predict({ symbol: "duo/usd", venue: "OKX" })).body;
    const behind = (await predict({ symbol: "duo/usd@okx" })).body;
    expect(beside).toMatchObject({ symbol: "duo/usd", venue: "okx", ts: behind.ts });
    const other = await predict({ symbol: "duo/usd@okx", venue: "kraken" });
    expect([other.status, other.body.code]).toEqual([400, "venue_malformed"]);
    expect((await predict({ symbol: "duo/usd", venue: "bybit" })).status).toBe(404);
  });

  it("has series of its own, told apart by the venue alone", async () => {
    const text = (await fetchJson("/metrics")).body as string;
    const series = text.split("\n").filter((line) => line.startsWith('volgate_symbol_up{symbol="DUO/USD"'));
    expect(series).toEqual([
      'volgate_symbol_up{symbol="DUO/USD"} 1',
      'volgate_symbol_up{symbol="DUO/USD",venue="kraken"} 1',
      'volgate_symbol_up{symbol="DUO/USD",venue="okx"} 1',
    ]);
  });
});
