import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../feeds/seeded-random.ts";
import { MarketSimulator, simulateTicks } from "../../feeds/simulator.ts";
import { isRejection, parseTick, type Tick } from "../../src/features/tick.ts";

const FROM_MS = 1_764_547_200_000;
const HOUR_MS = 3_600_000;

function hours(count: number, seed: number, symbol = "BTC-USD"): Tick[] {
  return [...simulateTicks({ seed, symbol, fromMs: FROM_MS, toMs: FROM_MS + count * HOUR_MS })];
}

/** Last trade price at the end of each second. */
function closes(ticks: readonly Tick[], seconds: number): Float64Array {
  const prices = new Float64Array(seconds);
  let at = 0;
  let price = ticks[0]!.price;
  for (let s = 0; s < seconds; s++) {
    while (at < ticks.length && ticks[at]!.tsMs < FROM_MS + (s + 1) * 1000) price = ticks[at++]!.price;
    prices[s] = price;
  }
  return prices;
}

function returnsBps(ticks: readonly Tick[], seconds: number): number[] {
  const prices = closes(ticks, seconds);
  return Array.from({ length: seconds - 1 }, (_, i) => Math.log(prices[i + 1]! / prices[i]!) * 10_000);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function autocorrelation(values: readonly number[], lag: number): number {
  const centre = mean(values);
  const product = (k: number) => mean(values.slice(k).map((v, i) => (v - centre) * (values[i]! - centre)));
  return product(lag) / product(0);
}

describe("simulateTicks", () => {
  it("gives the same ticks for the same seed, and others for another seed or symbol", () => {
    const one = hours(0.2, 7);
    expect(hours(0.2, 7)).toEqual(one);
    expect(hours(0.2, 8).slice(0, 5)).not.toEqual(one.slice(0, 5));
    expect(hours(0.2, 7, "ETH-USD")[0]!.tsMs).not.toBe(one[0]!.tsMs);
  });

  it("makes ticks that parse to themselves, in time order, inside the range, with a quote that is never crossed", () => {
    let last = FROM_MS;
    for (const tick of hours(3, 1)) {
      const { tsMs, id, ...rest } = tick;
      const parsed = parseTick({ ...rest, ts: tsMs }, Infinity);
      if (isRejection(parsed)) throw new Error(`${parsed.reason}: ${parsed.got}`);
      expect(parsed).toEqual(tick);
      expect(id).toBeNaN();
      expect(tick.bid).toBeGreaterThan(0);
      expect(tick.ask).toBeGreaterThan(tick.bid);
      expect([tick.bid, tick.ask]).toContain(tick.price);
      expect(Math.abs(tick.bid * 100 - Math.round(tick.bid * 100))).toBeLessThan(1e-6);
      expect(tsMs).toBeGreaterThanOrEqual(last);
      last = tsMs;
    }
    expect(last).toBeLessThan(FROM_MS + 3 * HOUR_MS);
  });

  it("has a tick rate of 2 to 4 a second that bursts and calms", () => {
    const ticks = hours(12, 2);
    const perSecond = new Array<number>(12 * 3600).fill(0);
    for (const tick of ticks) perSecond[Math.floor((tick.tsMs - FROM_MS) / 1000)]! += 1;
    const rate = mean(perSecond);
    expect(rate).toBeGreaterThan(2);
    expect(rate).toBeLessThan(4);
    const variance = mean(perSecond.map((n) => (n - rate) ** 2));
    expect(variance / rate).toBeGreaterThan(1.5);
    expect(Math.max(...perSecond)).toBeGreaterThan(12);
  });

  it.each([1, 2, 3])("has clustered volatility at BTC's level, seed %i", (seed) => {
    const seconds = 12 * 3600;
    const returns = returnsBps(hours(12, seed), seconds);
    const sizes = returns.map(Math.abs);
    expect(autocorrelation(sizes, 60)).toBeGreaterThan(0.1);
    expect(Math.abs(autocorrelation(returns, 60))).toBeLessThan(0.05);
    const rv60 = Array.from({ length: seconds / 60 - 1 }, (_, i) =>
      Math.sqrt(60 * mean(returns.slice(i * 60, i * 60 + 60).map((r) => r * r))),
    ).sort((a, b) => a - b);
    expect(rv60[Math.floor(rv60.length / 2)]).toBeGreaterThan(2);
    expect(rv60[Math.floor(rv60.length / 2)]).toBeLessThan(8);
  });

  it("widens the spread and leans the book after large moves", () => {
    const ticks = hours(12, 4);
    const wild: number[] = [];
    const calm: number[] = [];
    const lean: number[] = [];
    for (let i = 20; i < ticks.length; i++) {
      const tick = ticks[i]!;
      const past = ticks[i - 20]!;
      const move = Math.log((tick.bid + tick.ask) / (past.bid + past.ask)) * 10_000;
      (Math.abs(move) > 5 ? wild : calm).push(tick.ask - tick.bid);
      if (Math.abs(move) > 5) lean.push(Math.sign(move) * Math.log(tick.bidSize / tick.askSize));
    }
    expect(mean(wild)).toBeGreaterThan(3 * mean(calm));
    expect(mean(lean)).toBeGreaterThan(0.3);
  });

  it("keeps the quote above zero at the lowest price", () => {
    const options = { seed: 5, symbol: "DUST-USD", fromMs: FROM_MS, startPrice: 0.01 };
    for (const tick of simulateTicks({ ...options, toMs: FROM_MS + HOUR_MS / 4 })) {
      expect(tick.bid).toBeGreaterThan(0);
      expect(tick.ask).toBeGreaterThan(tick.bid);
    }
  });
});

describe("MarketSimulator", () => {
  it("goes on from a given price without a jump", () => {
    const simulator = new MarketSimulator({ seed: 3, symbol: "BTC-USD", fromMs: FROM_MS, startPrice: 61_234.56 });
    const tick = simulator.next();
    expect(Math.abs(Math.log(tick.price / 61_234.56)) * 10_000).toBeLessThan(5);
    expect(tick.tsMs).toBeGreaterThanOrEqual(FROM_MS);
  });

  it("hands out the same ticks whether pulled one by one or advanced in pieces of any length", () => {
    const simulator = new MarketSimulator({ seed: 7, symbol: "BTC-USD", fromMs: FROM_MS });
    const pieces: Tick[] = [];
    for (const second of [1, 1.001, 1.001, 30, 31.5, 400, 720]) {
      pieces.push(...simulator.advanceTo(FROM_MS + second * 1000));
      expect(pieces.every((tick) => tick.tsMs < FROM_MS + second * 1000)).toBe(true);
    }
    expect(pieces).toEqual(hours(0.2, 7));
  });

  it("names the option that makes no sense", () => {
    const good = { seed: 1, symbol: "BTC-USD", fromMs: FROM_MS };
    expect(() => new MarketSimulator({ ...good, seed: 0.5 })).toThrow("seed: got 0.5");
    expect(() => new MarketSimulator({ ...good, symbol: "B T" })).toThrow("symbol: got B T");
    expect(() => new MarketSimulator({ ...good, fromMs: NaN })).toThrow("fromMs: got NaN");
    expect(() => new MarketSimulator({ ...good, startPrice: -1 })).toThrow("startPrice: got -1");
  });
});

describe("SeededRandom", () => {
  it("gives uniform, normal and exponential numbers with their moments", () => {
    const random = new SeededRandom("moments");
    const draw = (next: () => number) => Array.from({ length: 100_000 }, next);
    const uniform = draw(() => random.uniform());
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(Math.min(...uniform)).toBeGreaterThan(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const normal = draw(() => random.normal());
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(mean(draw(() => random.exponential()))).toBeCloseTo(1, 1);
  });
});
