import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { EventGrid, gridConfig } from "../../src/features/event-grid.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { ticksOfBar } from "../../src/markets/bar.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { run } from "./engine-run.ts";
import { at, feed, quoted } from "./grid-trace.ts";
import { pack, START_MS, STREAM, type StreamTick } from "./tick-stream.ts";

const { accepted, duplicate, held, late, outlier } = VERDICT;

describe("EventGrid gaps", () => {
  const GAP = 301_000;

  it("spans exactly 300 steps without a new segment", () => {
    const trace = feed(new EventGrid(gridConfig()), [at(0), at(300_000)]);
    expect([trace.verdicts, trace.steps.length, trace.segments]).toEqual([[accepted, accepted], 300, []]);
  });

  it("holds a tick further ahead, and starts a segment with it when the next tick agrees", () => {
    const grid = new EventGrid(gridConfig());
    const trace = feed(grid, [at(0, 100), at(GAP, 200)]);
    expect([trace.verdicts, grid.holding, trace.steps.length]).toEqual([[accepted, held], true, 0]);
    feed(grid, [at(GAP + 1000, 201), at(GAP + 2000, 202)], trace);
    expect(grid.holding).toBe(false);
    expect(trace.segments).toEqual([1]);
    expect(trace.steps.map((s) => [s.tsMs - START_MS, s.price, s.stale])).toEqual([
      [1000, 100, true],
      [GAP + 1000, 200, false],
      [GAP + 2000, 201, false],
    ]);
    expect(grid.totals.accepted).toBe(4);
    expect(trace.gaps).toEqual([GAP, 1000, 1000]);
  });

  it("rewrites the verdict of a held tick that is decided in the same call", () => {
    expect(feed(new EventGrid(gridConfig()), [at(0), at(GAP), at(GAP), at(GAP + 1)]).verdicts).toEqual([
      accepted,
      accepted,
      duplicate,
      accepted,
    ]);
    expect(feed(new EventGrid(gridConfig()), [at(0), at(GAP), at(900)]).verdicts).toEqual([
      accepted,
      outlier,
      accepted,
    ]);
  });

  it("rejects a held tick as an outlier when the next one disagrees, and goes on as if it had never been", () => {
    const grid = new EventGrid(gridConfig());
    const trace = feed(grid, [at(0, 100), at(40_000_000, 5), at(1000, 101), at(2000, 102)]);
    const without = feed(new EventGrid(gridConfig()), [at(0, 100), at(1000, 101), at(2000, 102)]);
    expect(trace.steps).toEqual(without.steps);
    expect(grid.totals).toEqual({ accepted: 3, duplicate: 0, late: 0, outlier: 1, priceOutlier: 0 });
  });

  it("gives each tick of a market with longer silences than that a segment of its own", () => {
    const trace = feed(
      new EventGrid(gridConfig()),
      [0, 1, 2, 3].map((i) => at(i * 360_000, 100 + i)),
    );
    expect(trace.verdicts).toEqual([accepted, accepted, accepted, held]);
    expect(trace.segments).toEqual([1, 2]);
    expect(trace.steps.map((step) => [step.tsMs - START_MS, step.price])).toEqual([
      [1000, 100],
      [361_000, 101],
    ]);
  });

  it("survives a lone time far ahead in such a market: the ticks before and after it count", () => {
    const times = [0, 360_000, 40_000_000_000, 720_000, 1_080_000, 1_440_000];
    const { verdicts } = feed(
      new EventGrid(gridConfig()),
      times.map((ms) => at(ms)),
    );
    expect(verdicts).toEqual([accepted, accepted, outlier, accepted, accepted, held]);
  });

  it("takes no tick for confirmed by one that is nearer to those before", () => {
    const trace = feed(new EventGrid(gridConfig()), [at(0), at(301_000), at(1500), at(2500)]);
    expect(trace.verdicts).toEqual([accepted, outlier, accepted, accepted]);
  });

  it("lets no late tick decide", () => {
    const trace = feed(new EventGrid(gridConfig()), [at(5000), at(400_000), at(4000), at(400_100), at(1)]);
    expect(trace.verdicts).toEqual([accepted, accepted, late, accepted, late]);
  });

  it("holds again when a tick far from the held one is itself far ahead", () => {
    const trace = feed(new EventGrid(gridConfig()), [at(0), at(40_000_000), at(GAP), at(GAP + 5)]);
    expect(trace.verdicts).toEqual([accepted, outlier, accepted, accepted]);
  });

  it("carries no quote over a gap even when the gap is shorter than A", () => {
    const short = { ...gridConfig(1000, "mid"), gapSteps: 3 };
    const sized = quoted(0, 99, 101, { bidSize: 3, askSize: 1 });
    const { steps, segments } = feed(new EventGrid(short), [sized, at(5000, 7), at(6000, 8)]);
    expect(segments).toEqual([1]);
    expect(steps[1]).toMatchObject({ observed: false, price: NaN, midPrice: NaN, spread: NaN, imbalance: NaN });
  });

  it("carries neither price nor quote nor sizes over a gap", () => {
    const sized = quoted(0, 99, 101, { bidSize: 3, askSize: 1 });
    const { steps } = feed(new EventGrid(gridConfig(1000, "mid")), [sized, at(GAP, 7), at(GAP + 1000, 8)]);
    expect(steps[1]).toMatchObject({ price: NaN, midPrice: NaN, spread: NaN, imbalance: NaN, lastPrice: 7 });
  });
});

describe("EventGrid doubts", () => {
  const { priceOutlier } = VERDICT;
  /** A grid in a market of one tick a second at 100 whose minute moves by 0.1 %. */
  const calm = (stepMs = 1000, source: "last" | "mid" = "last"): EventGrid => {
    const grid = new EventGrid(gridConfig(stepMs, source));
    grid.expect(0.001, 1);
    return grid;
  };
  const BAR = { timestamp_ms: START_MS + 60_000, open: 100, high: 101, low: 90, close: 100 };
  const verdictsOf = (grid: EventGrid, ticks: readonly StreamTick[]) => feed(grid, [at(0), ...ticks]).verdicts.slice(1);

  it("hold a jump in price until the next tick agrees, and go on as if a lone one had never come", () => {
    expect(verdictsOf(calm(), [at(100, 106)])).toEqual([held]);
    expect(verdictsOf(calm(), [at(100, 106), at(200, 105.5)])).toEqual([accepted, accepted]);
    expect(verdictsOf(calm(), [at(100, 1000), at(200, 100.1)])).toEqual([priceOutlier, accepted]);
    expect(verdictsOf(calm(), [at(100, 94), at(1200, 94.1)])).toEqual([accepted, accepted]);
    expect(verdictsOf(calm(), [at(100, 104.9), at(200, 100)])).toEqual([accepted, accepted]);
    const grid = calm();
    const trace = feed(grid, [at(0), at(500, 10), at(1000, 101), at(2000, 102)]);
    expect(trace.steps).toEqual(feed(calm(), [at(0), at(1000, 101), at(2000, 102)]).steps);
    expect(grid.totals).toMatchObject({ accepted: 3, outlier: 0, priceOutlier: 1 });
  });

  it("hold every step of a crash, and lose none of it", () => {
    expect(verdictsOf(calm(), [at(100, 90), at(200, 80), at(300, 70), at(400, 70)])).toEqual(Array(4).fill(accepted));
  });

  it("follow the market's volatility, and the source of its price", () => {
    const wild = calm();
    wild.expect(0.03, 1);
    expect(verdictsOf(wild, [at(100, 129), at(200, 100)])).toEqual([accepted, accepted]);
    const ofMids = [quoted(0, 99, 101), at(50, 5), quoted(100, 199, 201), at(150, 195)];
    expect(feed(calm(1000, "mid"), ofMids).verdicts).toEqual([accepted, accepted, accepted, accepted]);
    const lone = [quoted(0, 99, 101), quoted(100, 199, 201), quoted(200, 99, 101)];
    expect(feed(calm(1000, "mid"), lone).verdicts).toEqual([accepted, priceOutlier, accepted]);
    expect(
      feed(
        calm(),
        lone.map((tick) => ({ ...tick, price: 100 })),
      ).verdicts,
    ).toEqual([accepted, accepted, accepted]);
  });

  it("hold a tick that skips three expected ones, so that one clock ahead makes no true tick late", () => {
    const ahead = [at(4900), at(1000), at(2000), at(3000), at(4000), at(5000)];
    expect(verdictsOf(calm(), ahead)).toEqual([outlier, accepted, accepted, accepted, accepted, accepted]);
    expect(verdictsOf(calm(), [at(4900), at(5000)])).toEqual([accepted, accepted]);
    expect(verdictsOf(calm(), [at(4900), at(9000)])).toEqual([accepted, held]);
    expect(verdictsOf(calm(), [at(3000)])).toEqual([accepted]);
  });

  it("do not let two wrong days in a row confirm each other in a dense market", () => {
    const day = 86_400_000;
    expect(verdictsOf(calm(), [at(3 * day), at(5 * day), at(1000)])).toEqual([outlier, outlier, accepted]);
    expect(verdictsOf(calm(), [at(day / 2), at(day), at(day + 1)])).toEqual([accepted, accepted, accepted]);
    expect(verdictsOf(calm(), [at(3 * day), at(3 * day + 1000)])).toEqual([accepted, accepted]);
  });

  it("lose no high and no low of a bar, whose four ticks have a price and flow, and nothing else", () => {
    const minute = calm(60_000);
    const [wick, others] = [ticksOfBar(BAR, "X")!, ticksOfBar({ ...BAR, timestamp_ms: START_MS + 120_000 }, "X")!];
    const trace = feed(
      minute,
      [...wick, ...others].map(({ ts, price }) => at(Number(ts) - START_MS, Number(price), { barVolume: 7 })),
    );
    expect(trace.verdicts).toEqual(Array(8).fill(accepted));
    expect(trace.steps[0]).toMatchObject({ high: 101, low: 90, price: 100 });
    const trades = [at(0), at(20_000, 1e15, { size: 1 }), at(40_000, 100, { size: 1 })];
    expect(feed(calm(60_000), trades).verdicts).toEqual([accepted, priceOutlier, accepted]);
    const beside = [at(0), at(20_000, 1e15, { bid: 100 }), at(40_000)];
    expect(feed(calm(60_000), beside).verdicts).toEqual([accepted, priceOutlier, accepted]);
  });

  it("are none for a trade inside its own quote", () => {
    const wide = { bid: 99.9, ask: 106.1 };
    const alternating = Array.from({ length: 20 }, (_, i) => at(100 * i + 100, i % 2 ? 100 : 106, wide));
    expect(verdictsOf(calm(), alternating)).toEqual(Array(20).fill(accepted));
    expect(verdictsOf(calm(), [at(100, 106.2, wide), at(200, 100)])).toEqual([priceOutlier, accepted]);
    expect(verdictsOf(calm(), [at(100, 1000, { bid: 999 }), at(200, 100)])).toEqual([priceOutlier, accepted]);
    expect(verdictsOf(calm(), [at(4900, 106, wide), at(5000, 100, wide)])).toEqual([accepted, accepted]);
  });

  it("refuse one tick at most of a market that was dense, paused for days and is sparse now", () => {
    const pauseMs = 48 * 3_600_000;
    for (const apartMs of [400_000, pauseMs]) {
      const engine = new FeatureEngine();
      const dense = Array.from({ length: 120 }, (_, k) => at(k * 1000));
      const sparse = Array.from({ length: 20 }, (_, k) => at(pauseMs + k * apartMs));
      run(engine, pack([...dense, ...sparse.slice(0, 2)]));
      const loaded = FeatureEngine.load(engine.save());
      for (const each of [engine, loaded]) {
        expect(run(each, pack(sparse.slice(2))).verdicts).toEqual(
          Uint8Array.from([...Array<number>(17).fill(accepted), held]),
        );
        expect(each.totals).toEqual({ accepted: 138, duplicate: 0, late: 0, outlier: 1, priceOutlier: 0 });
      }
    }
  });

  it("judge the price of a tick that was held for its time too", () => {
    expect(verdictsOf(calm(), [at(4900, 1000), at(5000, 100)])).toEqual([priceOutlier, held]);
  });

  it("are none in a sparse market, and none before anything is known", () => {
    const sparse = calm();
    sparse.expect(0.001, 0.5);
    expect(verdictsOf(sparse, [at(60_000)])).toEqual([accepted]);
    expect(verdictsOf(new EventGrid(gridConfig()), [at(60_000, 1e9), at(60_001, 1)])).toEqual([accepted, accepted]);
  });
});

describe("EventGrid state", () => {
  it("continues after a snapshot taken between any two ticks as if it had never stopped", () => {
    fc.assert(
      fc.property(STREAM, fc.nat(260), (ticks, cut) => {
        const whole = new EventGrid(gridConfig());
        const expected = feed(whole, ticks.slice(0, cut));
        const to = new StateWriter();
        whole.save(to);
        const copy = new EventGrid(gridConfig());
        copy.load(new StateReader(to.finish(null)));
        const before = expected.steps.length;
        feed(whole, ticks.slice(cut), expected);
        const actual = feed(copy, ticks.slice(cut));
        expect(actual.steps).toEqual(expected.steps.slice(before));
        expect(actual.verdicts).toEqual(expected.verdicts.slice(cut));
        expect([copy.totals, copy.watermarkMs, copy.openStep]).toEqual([
          whole.totals,
          whole.watermarkMs,
          whole.openStep,
        ]);
      }),
    );
  });

  it("refuses rows that are not whole ticks, or fewer verdicts than ticks", () => {
    const grid = new EventGrid(gridConfig());
    const listener = { closeStep: () => undefined, startSegment: () => undefined, observeGap: () => undefined };
    expect(() => grid.process(new Float64Array(9), listener, new Uint8Array(2))).toThrow(RangeError);
    expect(() => grid.process(new Float64Array(16), listener, new Uint8Array(1))).toThrow(RangeError);
  });
});
