import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { EventGrid, gridConfig } from "../../src/features/event-grid.ts";
import { at, feed, quoted } from "./grid-trace.ts";
import { START_MS, type StreamTick } from "./tick-stream.ts";

const { accepted, duplicate, late } = VERDICT;

describe("gridConfig", () => {
  it("sets A to 10 s or two steps, whichever is longer", () => {
    expect(gridConfig(1000).maxAgeMs).toBe(10_000);
    expect(gridConfig(60_000, "mid")).toEqual({ stepMs: 60_000, maxAgeMs: 120_000, gapSteps: 300, source: "mid" });
  });

  it("refuses a step that is not a positive whole number of ms", () => {
    for (const stepMs of [0, -1, 0.5, NaN]) expect(() => gridConfig(stepMs)).toThrow(RangeError);
  });
});

describe("EventGrid steps", () => {
  it("closes a step when a tick of a later one arrives, with the step's prices", () => {
    const ticks = [at(100, 100), at(300, 104), at(700, 98), at(999, 101), at(1000, 250)];
    const { steps, verdicts } = feed(new EventGrid(gridConfig()), ticks);
    expect(verdicts).toEqual(Array(5).fill(accepted));
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      ...{ index: START_MS / 1000, tsMs: START_MS + 1000, ticks: 4, observed: true, stale: false, ageMs: 1 },
      ...{ price: 101, lastPrice: 101, high: 104, low: 98, midPrice: NaN, spread: NaN, imbalance: NaN },
    });
  });

  it("closes every empty step between two ticks, carrying the price while it is at most A old", () => {
    const { steps } = feed(new EventGrid(gridConfig()), [at(500, 100), at(12_000, 90)]);
    expect(steps.map((s) => s.ticks)).toEqual([1, ...Array<number>(11).fill(0)]);
    expect(steps.map((s) => s.price)).toEqual([...Array<number>(10).fill(100), NaN, NaN]);
    expect(steps.map((s) => s.observed)).toEqual([...Array<boolean>(10).fill(true), false, false]);
    expect(steps[1]).toMatchObject({ high: NaN, low: NaN, ageMs: 1500 });
  });

  it("calls a step observed when its newest tick is exactly A old, not when it is a millisecond older", () => {
    expect(feed(new EventGrid(gridConfig()), [at(1000), at(12_000)]).steps[9]).toMatchObject({
      ageMs: 10_000,
      observed: true,
    });
    expect(feed(new EventGrid(gridConfig()), [at(999), at(12_000)]).steps[10]).toMatchObject({
      ageMs: 10_001,
      observed: false,
    });
  });

  it("marks as stale the steps that a tick more than A after their end has closed", () => {
    const { steps } = feed(new EventGrid(gridConfig()), [at(500), at(13_000)]);
    expect(steps.map((s) => s.stale)).toEqual([true, true, ...Array<boolean>(11).fill(false)]);
  });

  it("works on a 60 s step with an A of two steps", () => {
    const { steps } = feed(new EventGrid(gridConfig(60_000)), [at(30_000, 5), at(59_000, 6), at(240_000, 7)]);
    expect(steps.map((s) => [s.tsMs - START_MS, s.price, s.ticks])).toEqual([
      [60_000, 6, 2],
      [120_000, 6, 0],
      [180_000, NaN, 0],
      [240_000, NaN, 0],
    ]);
  });

  it("takes the mid of the newest quote as the price when the source is the mid", () => {
    const ticks = [quoted(0, 99, 101), at(400, 150), quoted(600, 100, 104), at(800, 90), at(1000, 1)];
    const [mid] = feed(new EventGrid(gridConfig(1000, "mid")), ticks).steps;
    expect(mid).toMatchObject({ price: 102, lastPrice: 90, midPrice: 102, high: 102, low: 100, spread: 4 });
    const [last] = feed(new EventGrid(gridConfig(1000, "last")), ticks).steps;
    expect(last).toMatchObject({ price: 90, lastPrice: 90, midPrice: 102, high: 150, low: 90, spread: 4 });
  });

  it("is not observed on the mid source while trades come without quotes", () => {
    const ticks = [quoted(0, 99, 101), ...Array.from({ length: 13 }, (_, i) => at(i * 1000 + 500))];
    const { steps } = feed(new EventGrid(gridConfig(1000, "mid")), ticks);
    expect(steps.map((s) => s.observed)).toEqual([...Array<boolean>(10).fill(true), false, false]);
    expect(steps[11]).toMatchObject({ midPrice: NaN, spread: NaN, price: NaN, ticks: 1 });
  });

  it("keeps the imbalance of the newest sized quote for at most A", () => {
    const sized = quoted(0, 99, 101, { bidSize: 3, askSize: 1 });
    const ticks = [sized, quoted(100, 99, 101, { bidSize: 0, askSize: 0 }), quoted(200, 99, 101), at(12_000)];
    const { steps } = feed(new EventGrid(gridConfig()), ticks);
    expect(steps.map((s) => s.imbalance)).toEqual([...Array<number>(10).fill(0.75), NaN, NaN]);
  });
});

describe("EventGrid ticks", () => {
  it("counts a tick of a closed step as late and never applies it", () => {
    const { steps, verdicts } = feed(new EventGrid(gridConfig()), [at(1500, 100), at(999, 7), at(1000, 101), at(2000)]);
    expect(verdicts).toEqual([accepted, late, accepted, accepted]);
    expect(steps[0]).toMatchObject({ ticks: 2, price: 100, high: 101, low: 100 });
  });

  it("drops exact duplicates inside the open step, however many ticks lie between", () => {
    const grid = new EventGrid(gridConfig(60_000));
    const ticks = Array.from({ length: 500 }, (_, i) => at(i % 100, 100 + i, { id: i }));
    expect(feed(grid, ticks).verdicts).toEqual(Array(500).fill(accepted));
    expect(feed(grid, [...ticks].reverse()).verdicts).toEqual(Array(500).fill(duplicate));
    expect(grid.totals).toEqual({ accepted: 500, duplicate: 500, late: 0, outlier: 0, priceOutlier: 0 });
  });

  it("keeps ticks that differ in any one field", () => {
    const tick = quoted(5, 99, 101, { bidSize: 1, askSize: 2, size: 3, id: 4 });
    const others = (["ts", "price", "bid", "ask", "bidSize", "askSize", "size", "id"] as const).flatMap((key) => [
      { ...tick, [key]: tick[key]! + 0.5 },
      ...(key === "ts" || key === "price" ? [] : [{ ...tick, [key]: NaN }]),
    ]);
    const { verdicts } = feed(new EventGrid(gridConfig()), [tick, ...others, tick]);
    expect(verdicts).toEqual([...Array<number>(15).fill(accepted), duplicate]);
  });

  it("closes the same step whatever the order in which its ticks arrive", () => {
    const offsets = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 12 });
    const shuffled = offsets.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom("last" as const, "mid" as const), ([inOrder, mixed], source) => {
        const tickOf = (ms: number): StreamTick =>
          ms % 3 === 0
            ? at(ms, 100 + ms)
            : quoted(ms, 90 + (ms % 7), 110, ms % 5 === 0 ? {} : { bidSize: ms, askSize: 9 });
        const closing = at(1500);
        const a = feed(new EventGrid(gridConfig(1000, source)), [
          ...inOrder.sort((x, y) => x - y).map(tickOf),
          closing,
        ]);
        const b = feed(new EventGrid(gridConfig(1000, source)), [
          ...mixed.map(tickOf),
          ...inOrder.map(tickOf),
          closing,
        ]);
        expect(b.steps).toEqual(a.steps);
      }),
    );
  });
});
