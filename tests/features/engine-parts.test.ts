// A batch taken in parts, and what a silence leaves behind.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { ROW_NAMES } from "../../src/features/schema.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { StepTicks } from "../../src/features/step-ticks.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { contentOf, expectSame, expectSameBytes, joined, run } from "./engine-run.ts";
import { pack, START_MS, STREAM } from "./tick-stream.ts";

/** Feeds rows in parts of at least `maxSteps` closed steps, through one buffer that is reused. */
function runInParts(engine: FeatureEngine, rows: Float64Array, maxSteps: number, kept = ROW_NAMES) {
  const steps = new ClosedSteps(engine.labelSpecs.length, 64, kept);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  const parts = [];
  let largest = 0;
  for (let next = 0; next < verdicts.length;) {
    steps.clear();
    ({ next } = engine.process(rows, steps, verdicts, next, maxSteps));
    parts.push(contentOf(steps));
    largest = Math.max(largest, steps.count);
  }
  return { content: joined(parts), verdicts, largest };
}

describe("a batch taken in parts", () => {
  it("gives the steps, verdicts and state of the batch taken at once", () => {
    fc.assert(
      fc.property(STREAM, fc.integer({ min: 1, max: 40 }), (ticks, maxSteps) => {
        const rows = pack(ticks);
        const [once, parts] = [new FeatureEngine(), new FeatureEngine()];
        const whole = run(once, rows);
        const { content, verdicts } = runInParts(parts, rows, maxSteps);
        expectSame(content, contentOf(whole.steps));
        expect(verdicts).toEqual(whole.verdicts);
        expectSameBytes(parts.save(), once.save());
      }),
      { numRuns: 60 },
    );
  });

  it("holds no more than the bound and one tick's 300 steps, however far apart the ticks are", () => {
    const rows = pack(Array.from({ length: 400 }, (_, i) => ({ ts: START_MS + i * 299_000, price: 100 + (i % 7) })));
    const engine = new FeatureEngine();
    const { content, largest } = runInParts(engine, rows, 256, []);
    expect(content.index).toHaveLength(399 * 299);
    expect(largest).toBeLessThanOrEqual(256 + 300);
  });
});

describe("a silence of hours", () => {
  it("does not mark a symbol as sparse that ticks every second again", () => {
    const engine = new FeatureEngine();
    const seconds = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ts: START_MS + (from + i) * 1000, price: 100 + (i % 5) }));
    run(engine, pack([...seconds(0, 600), ...seconds(12 * 3600, 1800)]));
    expect(engine.observedShare.share(1000)).toBeGreaterThan(0.85);
  });

  it("still shows a symbol that never ticks twice within A", () => {
    const engine = new FeatureEngine();
    run(engine, pack(Array.from({ length: 60 }, (_, i) => ({ ts: START_MS + i * 40_000, price: 100 + (i % 5) }))));
    expect(engine.observedShare.share(1000)).toBeCloseTo(0.25, 12);
    expect(engine.observedShare.smallestStepMs()).toBe(10_000);
  });
});

describe("the ticks of a step without end", () => {
  it("are stored up to a bound, which bounds the snapshot too", () => {
    const set = new StepTicks();
    const row = (id: number) => Float64Array.of(START_MS, 100, NaN, NaN, NaN, NaN, NaN, id);
    for (let id = 0; id < 8192; id++) expect(set.add(row(id), 0)).toBe(true);
    expect(set.add(row(8192 - 1), 0)).toBe(true); // the set began anew just before
    expect(set.add(row(8192 - 1), 0)).toBe(false);
    for (let id = 0; id < 3 * 8192; id++) set.add(row(id), 0);
    const to = new StateWriter();
    set.save(to);
    const bytes = to.finish({}).byteLength;
    expect(bytes).toBeLessThan(8192 * TICK_FIELDS * 8 + 100);
    const back = new StepTicks();
    back.load(new StateReader(to.finish({})));
    expect(back.count).toBe(set.count);
  });
});
