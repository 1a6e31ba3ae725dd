import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import { fetchQuality } from "../../feeds/parity/quality-comparison.ts";
import { fetchPrediction, fetchSymbolPosition } from "../../gateway-client/gateway-queries.ts";
import { TickSender } from "../../gateway-client/tick-sender.ts";
import { IngestTotals } from "../../feeds/ingest-totals.ts";
import { runMarketFeed } from "../../feeds/market-feed.ts";
import { predictionLine } from "../../feeds/prediction-line.ts";
import { simulatedMarkets } from "../../feeds/simulated-markets.ts";
import { predictContract } from "../../src/http/predict-schema.ts";
import { MarketSimulator } from "../../simulator/simulator.ts";
import { FakeGateway } from "./fake-gateway.ts";

let gateway: FakeGateway;
let baseUrl: string;

beforeEach(async () => {
  gateway = new FakeGateway();
  baseUrl = await gateway.start();
});
afterEach(() => gateway.stop());

describe("runMarketFeed", () => {
  it("sends the missed time and then live ticks, each once, despite failures of the gateway", async () => {
    gateway.script.push({ kind: "take" }, { kind: "reset" }, { kind: "status", status: 503 });
    const fromMs = Date.now() - 600_000;
    const stop = new AbortController();
    const totals = new IngestTotals();
    const simulators = ["BTC-USD", "ETH-USD"].map((symbol) => new MarketSimulator({ seed: 1, symbol, fromMs }));
    const steps: number[] = [];
    await runMarketFeed({
      sender: new TickSender(new GatewayClient({ baseUrl }), {
        onDelivered: (delivery) => totals.add(delivery),
        onGivenUp: (symbol, ticks, why) => totals.addUnsent(symbol, ticks.length, why),
      }),
      simulators,
      fromMs,
      signal: stop.signal,
      onCatchUp: (throughMs) => steps.push(throughMs - fromMs),
      onLive: () => setTimeout(() => stop.abort(), 1000),
    });
    expect(steps.slice(0, 3)).toEqual([60_000, 120_000, 180_000]);
    expect(totals.total.accepted).toBe(gateway.applied.length);
    const through = Math.max(...gateway.applied.map((tick) => tick.ts));
    expect(Date.now() - through).toBeLessThan(5000);
    for (const symbol of ["BTC-USD", "ETH-USD"]) {
      const expected = new MarketSimulator({ seed: 1, symbol, fromMs }).advanceTo(through + 1);
      const got = gateway.applied.filter((tick) => tick.symbol === symbol);
      expect(got.map((tick) => tick.ts)).toEqual(expected.map((tick) => tick.tsMs));
    }
  });
});

describe("simulatedMarkets", () => {
  it("begins two hours back for a new symbol, and after the watermark for a known one", async () => {
    const nowMs = Date.now();
    const known = { watermark_ms: nowMs - 1000, price: 5 };
    gateway.answers.set("/symbols/SOL-USD", { status: 200, body: known });
    gateway.answers.set("/symbols/OLD-USD", { status: 200, body: { watermark_ms: 1_700_000_000_000, price: 7 } });
    gateway.answers.set("/symbols/BARE-USD", { status: 200, body: { watermark_ms: null, price: null } });
    const backMs = nowMs - 7_200_000;
    expect((await simulatedMarkets({ baseUrl, readToken: undefined }, ["SOL-USD"], 1, nowMs)).fromMs).toBe(
      known.watermark_ms + 1,
    );
    for (const symbol of ["NEW-USD", "OLD-USD", "BARE-USD"]) {
      expect((await simulatedMarkets({ baseUrl, readToken: undefined }, [symbol], 1, nowMs)).fromMs).toBe(backMs);
    }
    const both = await simulatedMarkets({ baseUrl, readToken: undefined }, ["SOL-USD", "OLD-USD"], 1, nowMs);
    expect(both.fromMs).toBe(backMs);
    expect(both.simulators[0]!.next().tsMs).toBeGreaterThan(known.watermark_ms);
    expect(both.simulators[1]!.next().price).toBeCloseTo(7, 1);
  });
});

/** As the route's own description has it. */
const EXAMPLE = predictContract.answer.example;

describe("gateway queries", () => {
  it("parses a live prediction, and one that is warming up", async () => {
    const path = "/predict?symbol=BTC-USD";
    const model = { name: "logistic", version: "3", sha256: "ab", evidence: "recorded" };
    const live = { ts: 1_764_547_201_000, probability: 0.75, threshold: 0.5, alert: true, tau_bps: 7.5, sigma_bps: 12 };
    gateway.answers.set(path, { status: 200, body: { ...EXAMPLE, ...live, model } });
    const prediction = (await fetchPrediction(baseUrl, "BTC-USD"))!;
    expect(prediction).toMatchObject({
      probability: 0.75,
      tau_bps: 7.5,
      sigma_bps: 12,
      alert: true,
      model,
    });
    expect(predictionLine(prediction, 8)).toBe(
      "00:00:01  BTC-USD   p 0.750 / 0.500  ALERT  τ    7.5 bps  σ   12.0 bps  logistic 3",
    );
    const missing = ["threshold_values: 12 of 900"];
    gateway.answers.set(path, {
      status: 200,
      body: { symbol: "BTC-USD", venue: null, probability: null, warming_up: true, missing },
    });
    const warming = (await fetchPrediction(baseUrl, "BTC-USD"))!;
    expect(warming.probability).toBeNull();
    expect(predictionLine(warming, 7)).toBe("--:--:--  BTC-USD  warming up: threshold_values: 12 of 900");
  });

  it("bear the token that opens reads", async () => {
    gateway.readToken = "r";
    gateway.answers.set("/symbols/BTC-USD", { status: 200, body: { watermark_ms: 5, price: 1 } });
    gateway.answers.set("/predict?symbol=BTC-USD", { status: 200, body: EXAMPLE });
    gateway.answers.set("/symbols/BTC-USD/quality?window=1h&bins=1", { status: 200, body: { labels: [] } });
    expect(await fetchSymbolPosition(baseUrl, "BTC-USD", "r")).toEqual({ watermark_ms: 5, price: 1 });
    expect(await fetchPrediction(baseUrl, "BTC-USD", "r")).toMatchObject({ symbol: "BTC-USD" });
    expect(await fetchQuality(baseUrl, "BTC-USD", "1h", { readToken: "r" })).toEqual({ labels: [] });
    await expect(fetchSymbolPosition(baseUrl, "BTC-USD", "other")).rejects.toMatchObject({ status: 401 });
  });

  it("distinguishes an unknown symbol from a failing gateway", async () => {
    expect(await fetchSymbolPosition(baseUrl, "NEW-USD")).toBeUndefined();
    gateway.answers.set("/symbols/NEW-USD", { status: 503, body: { detail: "busy" } });
    await expect(fetchSymbolPosition(baseUrl, "NEW-USD")).rejects.toMatchObject({ code: "unavailable", status: 503 });
    gateway.answers.set("/symbols/NEW-USD", { status: 200, body: "text" });
    await expect(fetchSymbolPosition(baseUrl, "NEW-USD")).rejects.toThrow(/: 200 "text": body: got "text", expected /);
    await expect(fetchPrediction("http://127.0.0.1:9", "NEW-USD")).rejects.toMatchObject({ code: "unreachable" });
  });
});

describe("IngestTotals", () => {
  it("adds batches up per symbol, held ticks that are decided later too", () => {
    const totals = new IngestTotals();
    const counts = { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 };
    const batch = new MarketSimulator({ seed: 1, symbol: "BTC-USD", fromMs: 1_764_547_200_000 });
    const answer = (of: Partial<typeof counts>) => ({
      ...counts,
      ...of,
      symbols: { "BTC-USD": { ...counts, ...of, steps_closed: 0 } },
      errors: [],
      errors_omitted: 0,
    });
    totals.add({ ticks: [batch.next()], answer: answer({ held: 1 }) });
    totals.add({ ticks: [batch.next()], answer: answer({ accepted: 1, released: 1 }) });
    expect(totals.total).toEqual({ sent: 2, ...counts, accepted: 1, held: 1, released: 1 });
    expect(totals.lines().map((line) => line.split(/\s+/))).toEqual([
      ["symbol", "sent", "accepted", "duplicate", "late", "held", "released", "rejected"],
      ["BTC-USD", "2", "1", "0", "0", "1", "1", "0"],
      ["total", "2", "1", "0", "0", "1", "1", "0"],
    ]);
  });
});
