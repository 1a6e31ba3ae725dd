// What a grid counts of each batch: of its own ticks, and of a tick that an earlier batch left held.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { type BatchCounts, noCounts } from "../../src/features/batch-counts.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { at } from "./grid-trace.ts";
import { pack, STREAM, type StreamTick } from "./tick-stream.ts";

const GAP = 301_000;

/** Applies a batch, in parts that close at least `maxSteps` steps; the counts of the whole batch. */
function countsOf(engine: FeatureEngine, ticks: readonly StreamTick[], maxSteps = Infinity): BatchCounts {
  const steps = new ClosedSteps(1);
  const verdicts = new Uint8Array(ticks.length);
  let counts = noCounts();
  for (let from = 0; from < ticks.length;) {
    steps.clear();
    const progress = engine.process(pack(ticks), steps, verdicts, from, maxSteps);
    from = progress.next;
    counts = { ...progress.counts };
  }
  return counts;
}

const only = (counts: Partial<BatchCounts>) => ({ ...noCounts(), ...counts });

describe("the counts of a batch", () => {
  it("are of ticks on time, repeated and late, and of the steps they close", () => {
    const engine = new FeatureEngine();
    const ticks = [at(0), at(0), at(1000), at(999), at(2500)];
    expect(countsOf(engine, ticks)).toEqual(only({ accepted: 3, duplicate: 1, late: 1, stepsClosed: 2 }));
    expect(countsOf(engine, [at(2600)])).toEqual(only({ accepted: 1 }));
  });

  it("name a tick that waits as held, and as released by the batch that confirms it", () => {
    const engine = new FeatureEngine();
    expect(countsOf(engine, [at(0), at(GAP)])).toEqual(only({ accepted: 1, held: 1 }));
    expect(countsOf(engine, [at(GAP)])).toEqual(only({ duplicate: 1 }));
    expect(countsOf(engine, [at(GAP + 1000)])).toEqual(only({ accepted: 1, released: 1, stepsClosed: 2 }));
  });

  it("name it as given up by the batch that refutes it, also when that holds a tick of its own", () => {
    const engine = new FeatureEngine();
    countsOf(engine, [at(0), at(GAP)]);
    expect(countsOf(engine, [at(200)])).toEqual(only({ accepted: 1, givenUp: 1 }));
    expect(countsOf(engine, [at(40_000_000)])).toEqual(only({ held: 1 }));
    expect(countsOf(engine, [at(GAP)])).toEqual(only({ held: 1, givenUp: 1 }));
    expect(countsOf(engine, [at(300)])).toEqual(only({ accepted: 1, givenUp: 1 }));
  });

  it("count a tick that is held and decided in one batch once, as what it became", () => {
    expect(countsOf(new FeatureEngine(), [at(0), at(GAP), at(GAP + 1)])).toMatchObject({ accepted: 3, held: 0 });
    expect(countsOf(new FeatureEngine(), [at(0), at(GAP), at(1)])).toMatchObject({ accepted: 2, outlier: 1, held: 0 });
  });

  it("count a price that nothing confirms apart", () => {
    const engine = new FeatureEngine();
    const prices = Array.from({ length: 61 }, (_, i) => at(i * 1000, 100 + (i % 2) / 10));
    expect(countsOf(engine, prices)).toEqual(only({ accepted: 61, stepsClosed: 60 }));
    expect(countsOf(engine, [at(60_100, 1e15)])).toEqual(only({ held: 1 }));
    expect(countsOf(engine, [at(60_200, 100)])).toEqual(only({ accepted: 1, priceGivenUp: 1 }));
    expect(countsOf(engine, [at(60_300, 1000), at(60_400, 100)])).toEqual(only({ accepted: 1, priceOutlier: 1 }));
    expect(countsOf(engine, [at(60_500, 1000), at(60_600, 1001)])).toEqual(only({ accepted: 2 }));
  });

  it("hold every tick once, add up to the totals, and are the same for a batch taken in parts", () => {
    const plan = fc.record({
      ticks: STREAM,
      most: fc.integer({ min: 1, max: 30 }),
      maxSteps: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(plan, ({ ticks, most, maxSteps }) => {
        const [whole, parts] = [new FeatureEngine(), new FeatureEngine()];
        const sum = noCounts();
        for (let from = 0; from < ticks.length; from += most) {
          const batch = ticks.slice(from, from + most);
          const counts = countsOf(whole, batch);
          expect(countsOf(parts, batch, maxSteps)).toEqual(counts);
          const { accepted, duplicate, late, held, outlier, priceOutlier } = counts;
          expect(accepted + duplicate + late + held + outlier + priceOutlier).toBe(batch.length);
          for (const name of Object.keys(sum) as (keyof BatchCounts)[]) sum[name] += counts[name];
        }
        expect(whole.totals).toEqual({
          accepted: sum.accepted + sum.released,
          duplicate: sum.duplicate,
          late: sum.late,
          outlier: sum.outlier + sum.givenUp,
          priceOutlier: sum.priceOutlier + sum.priceGivenUp,
        });
        expect(sum.held - sum.released - sum.givenUp - sum.priceGivenUp).toBe(Number(whole.holding));
        expect(whole.stepsClosed).toBe(sum.stepsClosed);
      }),
      { numRuns: 60, seed: 20251129 },
    );
  });
});
