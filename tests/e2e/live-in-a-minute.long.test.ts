// From the start of a gateway to its first probability, with one call: a feed in the Worker follows a local exchange,
// and its symbol's past comes from the venue's REST service. On the grid of a minute and on that of a second.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { DIALECTS } from "../exchange/dialects.ts";
import { LocalExchange } from "../exchange/local-exchange.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";
import { RestServer } from "../exchange/rest-server.ts";
import { allowLoopback } from "./door-bundle.ts";

const PRODUCT = "BTC-USD";
const SYMBOL = "BTC-USD@coinbase";
const dir = mkdtempSync(join(tmpdir(), "volgate-minute-"));
const bundle = join(dir, "bundle");
let exchange: LocalExchange;
const past = new RestExchange(new RestMarket(Date.now()));
const rest = new RestServer(past);

beforeAll(async () => {
  exchange = await LocalExchange.start(DIALECTS.coinbase);
  await bundleWorker(bundle);
});

afterAll(async () => {
  await exchange.stop();
  await rest.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Prices of the past around those of the local exchange. */
function pastAround100(): RestMarket {
  const market = new RestMarket(Date.now());
  const scaled = (text: string): string => (Number(text) / 600).toFixed(2);
  const candles = market.candles.map((candle) => ({
    ...candle,
    open: scaled(candle.open),
    high: scaled(candle.high),
    low: scaled(candle.low),
    close: scaled(candle.close),
  }));
  const trades = market.trades.map((trade) => ({ ...trade, price: scaled(trade.price) }));
  return { nowMs: market.nowMs, candles, trades };
}

interface Answer {
  readonly probability: number | null;
  readonly missing?: readonly string[];
  readonly stale?: boolean;
  readonly ts?: number;
  readonly warm?: { readonly source: string; readonly steps: number } | null;
}

async function predict(url: string, grid?: string): Promise<Answer> {
  const response = await fetch(`${url}/predict?symbol=${SYMBOL}${grid === undefined ? "" : `&grid=${grid}`}`);
  return (await response.json()) as Answer;
}

test.each([
  { grid: "60 s", stepMs: "60000", steps: 1_439, further: "" },
  { grid: "1 s", stepMs: "1000", steps: 3_000, further: "60s" },
])("a gateway on the grid of $grid predicts in less than a minute", async ({ grid, stepMs, steps, further }) => {
  const endpoints = { coinbase: { stream: exchange.url, rest: await rest.start() } };
  const variables = {
    ENVIRONMENT: "development",
    STEP_MS: stepMs,
    GRIDS: further,
    VENUE_ENDPOINTS: JSON.stringify(endpoints),
  };
  const gateway = await BareWorkerd.prepare(bundle, join(dir, stepMs), variables);
  allowLoopback(bundle);
  past.market = pastAround100();
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  const pulse = setInterval(() => exchange.trade([PRODUCT]), 200);
  try {
    await gateway.start();
    const upS = seconds();
    const init = { method: "PUT", body: JSON.stringify({ symbols: [PRODUCT] }) };
    expect((await fetch(`${gateway.url}/admin/feeds/coinbase`, init)).status).toBe(200);
    let answer: Answer;
    do {
      await sleep(50);
      answer = await predict(gateway.url);
    } while (typeof answer.probability !== "number" && seconds() < 120);
    const firstS = seconds();
    expect(answer.probability, JSON.stringify(answer)).toEqual(expect.any(Number));
    expect(answer.warm?.source).toBe("coinbase");
    expect(answer.warm?.steps).toBeGreaterThanOrEqual(steps);
    if (further !== "") {
      const minute = await predict(gateway.url, further);
      expect(minute.probability, JSON.stringify(minute)).toEqual(expect.any(Number));
      console.log(
        `grid of ${further} beside it: probability after ${seconds().toFixed(1)} s, ${minute.warm?.steps} warm steps`,
      );
    }
    // A live step gives the next one.
    const liveMs = Date.now();
    do {
      await sleep(100);
      answer = await predict(gateway.url);
    } while ((answer.ts ?? 0) < liveMs && seconds() < 180);
    expect(answer.probability, JSON.stringify(answer)).toEqual(expect.any(Number));
    const liveS = seconds();
    console.log(
      `grid of ${grid}: up after ${upS.toFixed(1)} s, first probability after ${firstS.toFixed(1)} s with ` +
        `${answer.warm?.steps} warm steps, the first of a live step after ${liveS.toFixed(1)} s`,
    );
    expect(firstS).toBeLessThan(60);
  } finally {
    clearInterval(pulse);
    await gateway.kill();
    await rest.stop();
  }
});
