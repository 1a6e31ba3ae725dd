import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../simulator/random-deviates.ts";
import { completeDynamics, REGIME_CHANGE, USUAL_DYNAMICS } from "../../simulator/simulated-dynamics.ts";
import { MarketSimulator, simulateTicks, type SimulatorOptions } from "../../simulator/simulator.ts";
import { isRejection, parseTick, type Tick } from "../../src/features/tick.ts";

const FROM_MS = 1_764_547_200_000;
const HOUR_MS = 3_600_000;

function hours(count: number, seed: number, symbol = "BTC-USD", options: Partial<SimulatorOptions> = {}): Tick[] {
  return [...simulateTicks({ seed, symbol, fromMs: FROM_MS, toMs: FROM_MS + count * HOUR_MS, ...options })];
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

function sha256(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
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
    for (const tick of hours(0.5, 1)) {
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
    expect(last).toBeLessThan(FROM_MS + HOUR_MS / 2);
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

describe("changes of the dynamics", () => {
  const at = (hour: number, dynamics: SimulatorOptions["dynamics"] = []) => hours(hour, 9, "BTC-USD", { dynamics });
  const changeMs = FROM_MS + 2 * HOUR_MS;
  const before = (ticks: readonly Tick[]) => ticks.filter(({ tsMs }) => tsMs < changeMs);
  const usual = at(6);

  it("leave the stream as it is without them until they come, and with usual numbers for ever", () => {
    const short = at(3);
    const changed = at(3, [{ fromMs: changeMs, dynamics: REGIME_CHANGE }]);
    expect(sha256(before(changed))).toBe(sha256(before(short)));
    expect(sha256(changed)).not.toBe(sha256(short));
    expect(sha256(at(3, [{ fromMs: changeMs, dynamics: USUAL_DYNAMICS }]))).toBe(sha256(short));
    // The hash of the ticks that the simulator made before it had dynamics to change: bundled artifacts stand on them.
    expect(sha256(hours(1, 7).map(({ tsMs, price, bidSize }) => [tsMs, price, bidSize]))).toBe(
      "5ff92198485bb32cec7e3193f6004f162504e7f119460d84ca043be9ddf6836d",
    );
  });

  it("replace one another: what a later one does not name is as usual again", () => {
    const twice = at(6, [
      { fromMs: FROM_MS, dynamics: { medianSigmaBps: 5 } },
      { fromMs: changeMs, dynamics: { spreadReaction: 2 } },
    ]);
    const rv = (ticks: readonly Tick[], from: number) => {
      const returns = returnsBps(ticks, 6 * 3600).slice(from * 3600, (from + 2) * 3600);
      return Math.sqrt(mean(returns.map((r) => r * r)));
    };
    expect(rv(twice, 0)).toBeGreaterThan(5 * rv(usual, 0));
    expect(rv(twice, 3)).toBeLessThan(2 * rv(usual, 3));
  });

  it("change what they name: level of volatility, its persistence, jumps and the spread's reaction", () => {
    const seconds = 6 * 3600;
    const from = (dynamics: object) => at(6, [{ fromMs: FROM_MS, dynamics }]);
    const sizes = (ticks: readonly Tick[]) => returnsBps(ticks, seconds).map(Math.abs);
    const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
    const twice = from({ medianSigmaBps: 2 * USUAL_DYNAMICS.medianSigmaBps });
    expect(median(sizes(twice)) / median(sizes(usual))).toBeCloseTo(2, 0);
    const quick = from({ fastRelaxationMs: 2_000, slowDeviation: 0 });
    expect(autocorrelation(sizes(quick), 60)).toBeLessThan(autocorrelation(sizes(usual), 60) / 2);
    const far = 12 * median(sizes(usual));
    const wild = (ticks: readonly Tick[]) => sizes(ticks).filter((r) => r > far).length;
    expect(wild(from({ jumpsPerHour: 40 }))).toBeGreaterThan(2 * wild(usual));
    expect(wild(from({ jumpsPerHour: 0 }))).toBeLessThan(wild(usual));
    const spreads = (ticks: readonly Tick[]) => mean(ticks.map(({ bid, ask }) => ask - bid));
    expect(spreads(from({ spreadReaction: 2 }))).toBeGreaterThan(1.2 * spreads(usual));
    expect(spreads(from({ spreadReaction: 0 }))).toBeLessThan(spreads(usual));
  });

  it("name the field that is out of range", () => {
    const make = (dynamics: SimulatorOptions["dynamics"]) => () =>
      new MarketSimulator({ seed: 1, symbol: "BTC-USD", fromMs: FROM_MS, dynamics });
    const one = { fromMs: changeMs, dynamics: {} };
    expect(make([one, one])).toThrow("dynamics[1].fromMs: got");
    expect(make([{ ...one, fromMs: NaN }])).toThrow("dynamics[0].fromMs: got NaN");
    expect(make([{ ...one, dynamics: { fastRelaxationMs: 0 } }])).toThrow(
      "dynamics.fastRelaxationMs: got 0, expected a number above 0",
    );
    expect(make([{ ...one, dynamics: { jumpsPerHour: -1 } }])).toThrow(
      "dynamics.jumpsPerHour: got -1, expected a number from 0 on",
    );
    expect(make([{ ...one, dynamics: { slowDeviation: Infinity } }])).toThrow("dynamics.slowDeviation: got Infinity");
    expect(completeDynamics({})).toEqual(USUAL_DYNAMICS);
  });
});

describe("a change of the price level", () => {
  const fromMs = FROM_MS + HOUR_MS / 2;
  const usual = hours(1, 9);

  it("multiplies price and quote between two ticks and touches nothing else", () => {
    const doubled = hours(1, 9, "BTC-USD", { priceLevel: { fromMs, factor: 2 } });
    expect(doubled.length).toBe(usual.length);
    doubled.forEach((tick, i) => {
      const factor = usual[i]!.tsMs < fromMs ? 1 : 2;
      const { price, bid, ask, ...rest } = usual[i]!;
      if (Math.abs(tick.tsMs - fromMs) < 5000) return;
      expect(tick).toEqual({ ...rest, price: price * factor, bid: bid * factor, ask: ask * factor });
    });
  });

  it("comes after a halt of the market that only moves the clock", () => {
    const haltMs = 301_000;
    const halted = hours(1, 9, "BTC-USD", { priceLevel: { fromMs, factor: 4, haltMs } });
    const first = halted.findIndex(({ price }) => price > 200_000);
    expect(halted[first]!.tsMs - halted[first - 1]!.tsMs).toBeGreaterThanOrEqual(haltMs);
    for (let i = first; i < halted.length; i++) {
      expect(halted[i]!.price).toBe(4 * usual[i]!.price);
      expect(Math.abs(halted[i]!.tsMs - usual[i]!.tsMs - haltMs)).toBeLessThanOrEqual(1);
    }
  });

  it("names the field that is out of range", () => {
    const make = (priceLevel: SimulatorOptions["priceLevel"]) => () =>
      new MarketSimulator({ seed: 1, symbol: "BTC-USD", fromMs: FROM_MS, priceLevel });
    expect(make({ fromMs: NaN, factor: 2 })).toThrow("priceLevel.fromMs: got NaN");
    expect(make({ fromMs, factor: 0 })).toThrow("priceLevel.factor: got 0");
    expect(make({ fromMs, factor: 2, haltMs: -1 })).toThrow("priceLevel.haltMs: got -1");
  });
});

describe("MarketSimulator", () => {
  it("continues from a given price without a jump", () => {
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

  it("names the option that is out of range", () => {
    const good = { seed: 1, symbol: "BTC-USD", fromMs: FROM_MS };
    expect(() => new MarketSimulator({ ...good, seed: 0.5 })).toThrow("seed: got 0.5");
    expect(() => new MarketSimulator({ ...good, symbol: "B T" })).toThrow("symbol: got B T");
    expect(() => new MarketSimulator({ ...good, fromMs: NaN })).toThrow("fromMs: got NaN");
    expect(() => new MarketSimulator({ ...good, startPrice: -1 })).toThrow("startPrice: got -1");
  });
});

describe("RandomDeviates", () => {
  it("gives normal and exponential numbers with their moments", () => {
    const random = new RandomDeviates("moments");
    const draw = (next: () => number) => Array.from({ length: 100_000 }, next);
    const normal = draw(() => random.normal());
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(mean(draw(() => random.exponential()))).toBeCloseTo(1, 1);
  });
});
