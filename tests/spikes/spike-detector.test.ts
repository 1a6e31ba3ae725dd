// A subscription's detector at exact indices, and the same across restarts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpikeDetector, type SpikeEvent } from "../../src/spikes/spike-detector.ts";
import type { SpikeWatch } from "../../src/spikes/spike-watch.ts";

const WATCH: SpikeWatch = {
  on: "rise_and_fall",
  threshold: null,
  fallShare: 0.8,
  fallBelow: null,
  confirmSteps: 1,
  coolDownMs: 0,
};

type Told = readonly [index: number, event: SpikeEvent];

/** Steps of 1 s from index 100 on, under a served threshold of 0.5; `undefined` is a step that is missing. */
function told(watch: Partial<SpikeWatch>, probabilities: readonly (number | undefined)[], threshold = 0.5): Told[] {
  const detector = new SpikeDetector();
  return probabilities.flatMap((probability, i): Told[] => {
    if (probability === undefined) return [];
    const step = 100 + i;
    const event = detector.update({ ...WATCH, ...watch }, { step, tsMs: (step + 1) * 1000, probability, threshold });
    return event === undefined ? [] : [[i, event]];
  });
}

describe("a detector", () => {
  it("tells the rise and the fall of the example, and holds a rise within the cool-down", () => {
    expect(told({ coolDownMs: 4000 }, [0.4, 0.6, 0.45, 0.39, 0.7, 0.7, 0.7])).toEqual([
      [1, "rise"],
      [3, "fall"],
      [5, "rise"],
    ]);
  });

  it("rises at the threshold itself, and falls below the share of it only", () => {
    expect(told({}, [0.4999, 0.5, 0.4, 0.3999])).toEqual([
      [1, "rise"],
      [3, "fall"],
    ]);
  });

  it("takes its own threshold and its own lower probability in place of what is served", () => {
    expect(told({ threshold: 0.9, fallBelow: 0.2 }, [0.6, 0.9, 0.3, 0.19], 0.1)).toEqual([
      [1, "rise"],
      [3, "fall"],
    ]);
  });

  it("falls at the threshold where the lower probability is above it: that follows and may sink", () => {
    expect(told({ fallBelow: 0.8 }, [0.6, 0.55, 0.49])).toEqual([
      [0, "rise"],
      [2, "fall"],
    ]);
  });

  it("counts adjacent steps to confirm both, and begins anew after a missing step or probability", () => {
    const steps = [0.6, 0.6, undefined, 0.6, NaN, 0.6, 0.6, 0.6, 0.1, 0.1, 0.5, 0.1, 0.1, 0.1];
    expect(told({ confirmSteps: 3 }, steps)).toEqual([
      [7, "rise"],
      [13, "fall"],
    ]);
  });

  it("says that it suppressed a rise that ended within the cool-down", () => {
    expect(told({ coolDownMs: 10_000 }, [0.6, 0.1, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.6])).toEqual([
      [0, "rise"],
      [1, "fall"],
      [4, "suppressed"],
      [10, "rise"],
    ]);
  });

  it("ignores a step that it has seen", () => {
    const detector = new SpikeDetector();
    const step = { step: 5, tsMs: 6000, probability: 0.9, threshold: 0.5 };
    expect(detector.update(WATCH, step)).toBe("rise");
    expect(detector.update(WATCH, { ...step, probability: 0 })).toBeUndefined();
    expect(detector.state.phase).toBe("up");
  });

  it("tells the same whether its state was stored and read back between steps or not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0.1, 0.42, 0.6, NaN), fc.integer({ min: 1, max: 2 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 8 }),
        (steps, confirmSteps, coolDown) => {
          const watch = { ...WATCH, confirmSteps, coolDownMs: coolDown * 1000 };
          const whole = new SpikeDetector();
          let stored = JSON.stringify(whole.state);
          let step = 0;
          for (const [probability, ahead] of steps) {
            step += ahead;
            const next = { step, tsMs: (step + 1) * 1000, probability, threshold: 0.5 };
            const again = new SpikeDetector(JSON.parse(stored) as never);
            expect(again.update(watch, next)).toBe(whole.update(watch, next));
            expect(again.state).toEqual(whole.state);
            stored = JSON.stringify(again.state);
          }
        },
      ),
    );
  });

  it("never tells two rises without a fall between them, nor two within the cool-down", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0.1, 0.42, 0.6), { maxLength: 80 }), (probabilities) => {
        const events = told({ coolDownMs: 5000 }, probabilities).filter(([, event]) => event !== "suppressed");
        events.forEach(([, event], i) => expect(event).toBe(i % 2 === 0 ? "rise" : "fall"));
        const rises = events.filter(([, event]) => event === "rise").map(([index]) => index);
        rises.slice(1).forEach((index, i) => expect(index - rises[i]!).toBeGreaterThanOrEqual(5));
      }),
    );
  });
});
