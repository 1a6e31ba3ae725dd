import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelSpec } from "../../src/features/label-spec.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import type { Threshold } from "../../src/features/threshold.ts";
import { thresholdOf } from "../../src/features/threshold-of.ts";
import { VolatilityRing } from "../../src/features/volatility-ring.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A midnight. */
const START_MS = 20_000 * DAY_MS;
const SPEC: Extract<LabelSpec, { kind: "time-of-day-quantile" }> = {
  ...DEFAULT_LABEL_SPEC,
  kind: "time-of-day-quantile",
  slotMinutes: 120,
  horizonSteps: 2,
  windowSteps: 60,
  minCount: 3,
};

interface Step {
  /** End of the step; its volatility is of the horizon that ends there, `NaN` where none exists. */
  readonly ts: number;
  readonly value: number;
}

/** The threshold after a list of steps, by looking at every one of them. */
function naive(steps: readonly Step[], { windowSteps, quantile, minCount, slotMinutes, horizonSteps }: typeof SPEC) {
  const now = steps.at(-1)?.ts ?? NaN;
  const slotOf = (ts: number): number => Math.floor(((ts - HOUR_MS) % DAY_MS) / (slotMinutes * 60_000));
  const sorted = steps
    .filter(({ value }) => !Number.isNaN(value))
    .slice(-windowSteps)
    .filter(({ ts }) => ts >= now - 6 * windowSteps * HOUR_MS)
    .filter(({ ts }) => slotOf(ts) === slotOf(now + horizonSteps * HOUR_MS))
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  const h = (sorted.length - 1) * quantile;
  const low = sorted[Math.floor(h)]!;
  const tau = low + (h - Math.floor(h)) * ((sorted[Math.floor(h) + 1] ?? low) - low);
  return { count: sorted.length, value: sorted.length >= minCount && tau > 0.2 ? tau : NaN };
}

const onHours = (spec: LabelSpec, ring: VolatilityRing, tsMs = NaN): Threshold =>
  thresholdOf(spec, ring, { stepMs: HOUR_MS, floor: 0.2, tsMs });

function take(ring: VolatilityRing, threshold: Threshold, { ts, value }: Step): void {
  if (!Number.isNaN(value)) ring.push(value, ts);
  threshold.update(ring, ts);
}

/** Hours with ties, some without a volatility; now and then a night, a weekend, and more than the age of all. */
const STEPS = fc
  .array(fc.tuple(fc.integer({ min: -1, max: 9 }), fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 17, 65, 361)), {
    maxLength: 250,
    minLength: 120,
    size: "max",
  })
  .map((list) => {
    let ts = START_MS;
    return list.map(([value, ahead]) => ({ value: value < 0 ? NaN : value / 8, ts: (ts += ahead * HOUR_MS) }));
  });

describe("TimeOfDayThreshold", () => {
  it("equals the sorted type-7 quantile of the same slot of the day after every step", () => {
    let found = 0;
    fc.assert(
      fc.property(STEPS, fc.constantFrom(0.5, 0.9, 1), (steps, quantile) => {
        const spec = { ...SPEC, quantile };
        const ring = new VolatilityRing(64);
        const threshold = onHours(spec, ring);
        steps.forEach((step, i) => {
          take(ring, threshold, step);
          const { count, value } = naive(steps.slice(0, i + 1), spec);
          expect(threshold.count).toBe(count);
          expect(threshold.value).toBe(value);
          if (value > 0) found += 1;
        });
      }),
      { numRuns: 60 },
    );
    expect(found).toBeGreaterThan(1000);
  });

  it("filled late from the ring equals one that followed it from the start", () => {
    fc.assert(
      fc.property(STEPS, fc.nat(250), (steps, at) => {
        const cut = Math.min(at, steps.length);
        const ring = new VolatilityRing(64);
        const early = onHours(SPEC, ring);
        for (const step of steps.slice(0, cut)) take(ring, early, step);
        const late = onHours(SPEC, ring, steps[cut - 1]?.ts);
        if (cut > 0) expect([late.value, late.count, late.isFlat]).toEqual([early.value, early.count, early.isFlat]);
        for (const step of steps.slice(cut)) {
          take(ring, early, step);
          late.update(ring, step.ts);
          expect([late.value, late.count]).toEqual([early.value, early.count]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is the opening's own at the open, and reaches over nights and weekends without trading", () => {
    const spec = { ...SPEC, slotMinutes: 60, horizonSteps: 1, windowSteps: 48, minCount: 4, quantile: 0.5 };
    const ring = new VolatilityRing(48);
    const threshold = onHours(spec, ring);
    const taus: number[] = [];
    for (const day of [0, 1, 2, 3, 4, 7, 8]) {
      // Trading from 13:00 to 19:00; the first hour is four times as volatile. The step before it has no volatility.
      take(ring, threshold, { ts: START_MS + day * DAY_MS + 13 * HOUR_MS, value: NaN });
      taus.push(threshold.value);
      for (let hour = 13; hour < 19; hour++) {
        const value = (hour === 13 ? 4 : 1) + day / 16;
        take(ring, threshold, { ts: START_MS + day * DAY_MS + (hour + 1) * HOUR_MS, value });
        if (hour === 13) taus.push(threshold.value);
      }
    }
    expect(taus.slice(0, 8)).toEqual(Array(8).fill(NaN));
    expect(taus.slice(8)).toEqual([4.09375, 1.09375, 4.125, 1.125, 4.15625, 1.15625]);
  });

  it("has no value for a slot of the day without any, and is not flat there", () => {
    const ring = new VolatilityRing(60);
    const threshold = onHours({ ...SPEC, minCount: 1, slotMinutes: 60, horizonSteps: 1 }, ring);
    take(ring, threshold, { ts: START_MS + 14 * HOUR_MS, value: 0.1 });
    expect([threshold.count, threshold.value, threshold.isFlat]).toEqual([0, NaN, false]);
    threshold.update(ring, START_MS + DAY_MS + 13 * HOUR_MS);
    expect([threshold.count, threshold.value, threshold.isFlat]).toEqual([1, NaN, true]);
  });
});
