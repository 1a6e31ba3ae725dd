import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import type { Threshold } from "../../src/features/threshold.ts";
import { thresholdOf } from "../../src/features/threshold-of.ts";
import { VolatilityRing } from "../../src/features/volatility-ring.ts";
import { START_MS } from "./tick-stream.ts";

const DAY_MS = 86_400_000;
/** Values older than this no longer count at steps of 1 s and short windows. */
const WEEK_MS = 7 * DAY_MS;
const QUANTILE: LabelSpec = { ...DEFAULT_LABEL_SPEC, windowSteps: 12, minCount: 4 };
const MEDIAN: LabelSpec = { ...QUANTILE, kind: "ratio", ratio: 1.5, windowSteps: 7 };

interface Push {
  readonly value: number;
  readonly ts: number;
}

/** The threshold after a list of pushes, by sorting: NumPy's linear quantile of what the window still holds. */
function naive(pushes: readonly Push[], spec: LabelSpec, capacity: number, floor: number): number {
  const now = pushes.at(-1)?.ts ?? START_MS;
  const kept = pushes.slice(-capacity).filter((p) => p.ts >= now - WEEK_MS);
  const sorted = kept
    .slice(-spec.windowSteps)
    .map((p) => p.value)
    .sort((a, b) => a - b);
  if (sorted.length < spec.minCount) return NaN;
  const h = (sorted.length - 1) * (spec.kind === "ratio" ? 0.5 : spec.quantile);
  const j = Math.floor(h);
  const above = sorted[Math.min(j + 1, sorted.length - 1)]!;
  const tau = (spec.kind === "ratio" ? spec.ratio : 1) * (sorted[j]! + (h - j) * (above - sorted[j]!));
  return tau > floor ? tau : NaN;
}

function push(ring: VolatilityRing, thresholds: readonly Threshold[], { value, ts }: Push): void {
  ring.push(value, ts);
  for (const threshold of thresholds) threshold.update(ring, ts);
}

/** On steps of 1 s; `tsMs` is the time of the newest value. */
const trailing = (spec: LabelSpec, ring: VolatilityRing, floor: number, tsMs = NaN): Threshold =>
  thresholdOf(spec, ring, { stepMs: 1000, floor, tsMs });

/** Few distinct values, so that ties are common; now and then days pass, so that old values expire. */
const PUSHES = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(1000, 1000, 1000, 60_000, DAY_MS, 4 * DAY_MS)), {
    maxLength: 80,
    size: "max",
  })
  .map((list) => {
    let ts = START_MS;
    return list.map(([value, ahead]) => ({ value: value / 8, ts: (ts += ahead) }));
  });

describe("TrailingThreshold", () => {
  it("equals the sorted type-7 quantile after every push, through wrap and expiry", () => {
    fc.assert(
      fc.property(PUSHES, fc.constantFrom(0, 0.1, 0.5, 0.9, 0.99, 1), (pushes, quantile) => {
        const spec = { ...QUANTILE, quantile };
        const ring = new VolatilityRing(15);
        const threshold = trailing(spec, ring, 0.2);
        const ratio = trailing(MEDIAN, ring, 0.2);
        pushes.forEach((p, i) => {
          push(ring, [threshold, ratio], p);
          expect(threshold.value).toBe(naive(pushes.slice(0, i + 1), spec, 15, 0.2));
          expect(ratio.value).toBe(naive(pushes.slice(0, i + 1), MEDIAN, 15, 0.2));
        });
      }),
      { numRuns: 300 },
    );
  });

  it("filled late from the ring equals one that followed it from the start", () => {
    fc.assert(
      fc.property(PUSHES, fc.nat(80), (pushes, cut) => {
        const ring = new VolatilityRing(15);
        const early = trailing(MEDIAN, ring, 0);
        for (const p of pushes.slice(0, cut)) push(ring, [early], p);
        const late = trailing(MEDIAN, ring, 0, pushes[Math.min(cut, pushes.length) - 1]?.ts);
        expect([late.value, late.count]).toEqual([early.value, early.count]);
        for (const p of pushes.slice(cut)) {
          push(ring, [early, late], p);
          expect([late.value, late.count]).toEqual([early.value, early.count]);
        }
      }),
    );
  });

  it("agrees with NumPy on a written example", () => {
    const ring = new VolatilityRing(12);
    const threshold = trailing(QUANTILE, ring, 0);
    [3, 1, 2, 5, 4].forEach((value, i) => push(ring, [threshold], { value, ts: START_MS + i }));
    expect(threshold.value).toBeCloseTo(4.6, 15);
  });

  it("has no value below the minimum count, nor at the floor, nor when empty", () => {
    const ring = new VolatilityRing(12);
    const threshold = trailing(QUANTILE, ring, 1);
    expect([threshold.value, threshold.count]).toEqual([NaN, 0]);
    for (let i = 0; i < 3; i++) push(ring, [threshold], { value: 2, ts: START_MS + i });
    expect(threshold.value).toBeNaN();
    push(ring, [threshold], { value: 2, ts: START_MS + 3 });
    expect(threshold.value).toBe(2);
    for (let i = 4; i < 20; i++) push(ring, [threshold], { value: 1, ts: START_MS + i });
    expect(threshold.value).toBeNaN();
  });

  it("is not affected by a spike that has left the window", () => {
    const ring = new VolatilityRing(12);
    const threshold = trailing({ ...QUANTILE, quantile: 1 }, ring, 0);
    push(ring, [threshold], { value: 1e9, ts: START_MS });
    for (let i = 1; i < 12; i++) push(ring, [threshold], { value: i, ts: START_MS + i });
    expect(threshold.value).toBe(1e9);
    push(ring, [threshold], { value: 3, ts: START_MS + 12 });
    expect(threshold.value).toBe(11);
  });

  it("of the absolute kind is its level, whatever the ring holds, and nothing at a level of 0", () => {
    const ring = new VolatilityRing(12);
    const absolute: LabelSpec = { ...QUANTILE, kind: "absolute", levelBps: 12.5, windowSteps: 99 };
    const threshold = trailing(absolute, ring, 1e-6);
    push(ring, [threshold], { value: 7, ts: START_MS });
    expect([threshold.value, threshold.count]).toEqual([0.00125, 0]);
    expect(trailing({ ...absolute, levelBps: 0 }, ring, 1e-6).value).toBeNaN();
  });

  it("counts a value that is exactly 7 days old and forgets it a millisecond later", () => {
    const ring = new VolatilityRing(12);
    const threshold = trailing({ ...QUANTILE, minCount: 1 }, ring, 0);
    push(ring, [threshold], { value: 3, ts: START_MS });
    threshold.update(ring, START_MS + WEEK_MS);
    expect([threshold.value, threshold.count]).toEqual([3, 1]);
    threshold.update(ring, START_MS + WEEK_MS + 1);
    expect([threshold.value, threshold.count]).toEqual([NaN, 0]);
    expect(trailing({ ...QUANTILE, minCount: 1 }, ring, 0, START_MS + WEEK_MS + 1).count).toBe(0);
  });

  it("remembers for six times its window's own time where that is longer than 7 days", () => {
    const ring = new VolatilityRing(12);
    const spec = { ...QUANTILE, minCount: 1 };
    const threshold = thresholdOf(spec, ring, { stepMs: DAY_MS, floor: 0, tsMs: NaN });
    push(ring, [threshold], { value: 3, ts: START_MS });
    threshold.update(ring, START_MS + 6 * 12 * DAY_MS);
    expect(threshold.value).toBe(3);
    threshold.update(ring, START_MS + 6 * 12 * DAY_MS + 1);
    expect(threshold.value).toBeNaN();
  });

  it("is flat when there are values enough and τ is at most ε, and not while it warms up", () => {
    const ring = new VolatilityRing(12);
    const threshold = trailing(QUANTILE, ring, 1);
    for (let i = 0; i < 3; i++) push(ring, [threshold], { value: 1, ts: START_MS + i });
    expect([threshold.value, threshold.isFlat]).toEqual([NaN, false]);
    push(ring, [threshold], { value: 1, ts: START_MS + 3 });
    expect([threshold.value, threshold.isFlat]).toEqual([NaN, true]);
    for (let i = 4; i < 8; i++) push(ring, [threshold], { value: 2, ts: START_MS + i });
    expect([threshold.value, threshold.isFlat]).toEqual([2, false]);
  });

  it("refuses a window that is longer than the ring", () => {
    expect(() => trailing(QUANTILE, new VolatilityRing(11), 0)).toThrow("got 12, expected at most");
  });
});

describe("VolatilityRing", () => {
  it("comes back from a snapshot with its values, times and positions", () => {
    const ring = new VolatilityRing(3);
    [5, 6, 7, 8].forEach((value, i) => ring.push(value, START_MS + i * DAY_MS));
    const to = new StateWriter();
    ring.save(to);
    const copy = new VolatilityRing(3);
    copy.load(new StateReader(to.finish(null)));
    expect([copy.startPosition, copy.endPosition, copy.at(1), copy.at(3)]).toEqual([1, 4, 6, 8]);
    expect([1, 2, 3].map((position) => copy.timeAt(position) - START_MS)).toEqual([DAY_MS, 2 * DAY_MS, 3 * DAY_MS]);
    expect([-1, 1, 1.5, 3, 4].map((days) => copy.firstSince(1, START_MS + days * DAY_MS))).toEqual([1, 1, 2, 3, 4]);
    expect(copy.firstSince(2, NaN)).toBe(2);
  });

  it("refuses a capacity that is not a positive integer", () => {
    expect(() => new VolatilityRing(0)).toThrow(RangeError);
    expect(() => new VolatilityRing(2.5)).toThrow(RangeError);
  });
});
