import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ROW_NAMES } from "../../src/features/schema.ts";
import { type Content, contentOf, expectSame, expectSameBytes, joined, run } from "./engine-run.ts";
import { integerStream, pack, STREAM } from "./tick-stream.ts";

/** Short windows, so that short streams have thresholds and labels too. */
const LABEL_5: LabelSpec = { ...DEFAULT_LABEL_SPEC, horizonSteps: 5, windowSteps: 40, minCount: 6 };
const SMALL: EngineConfig = { grid: gridConfig(), label: LABEL_5 };
const SMALL_MID: EngineConfig = {
  grid: gridConfig(1000, "mid"),
  label: { ...LABEL_5, source: "mid", measure: "parkinson" },
};
const SECOND: LabelSpec = { ...LABEL_5, kind: "ratio", ratio: 1.25, windowSteps: 17 };

const ONE_STEP: EngineConfig = {
  grid: gridConfig(5000),
  label: { ...LABEL_5, measure: "parkinson", horizonSteps: 1, windowSteps: 12 },
};

/** In the long mode, which runs in workerd and with own columns, more. */
const RUNS = import.meta.env.MODE === "long" ? 150 : 40;

const CONFIG = fc.constantFrom(SMALL, SMALL_MID, ONE_STEP);
const rowsOf = (rows: Float64Array, from: number, to?: number): Float64Array =>
  rows.subarray(from * TICK_FIELDS, to === undefined ? undefined : to * TICK_FIELDS);

describe("FeatureEngine", () => {
  it("stopped, saved and loaded between any two ticks gives the same steps and the same bytes", () => {
    fc.assert(
      fc.property(CONFIG, STREAM, fc.nat(260), fc.boolean(), (config, ticks, cut, withSecond) => {
        const rows = pack(ticks);
        const at = Math.min(cut, ticks.length);
        const whole = new FeatureEngine(config);
        if (withSecond && config === SMALL) whole.addLabelSpec(SECOND);
        run(whole, rowsOf(rows, 0, at));
        const restarted = FeatureEngine.load(whole.save());
        expectSameBytes(restarted.save(), whole.save());
        const expected = run(whole, rowsOf(rows, at));
        const actual = run(restarted, rowsOf(rows, at));
        expectSame(contentOf(actual.steps), contentOf(expected.steps));
        expect(actual.verdicts).toEqual(expected.verdicts);
        expectSameBytes(restarted.save(), whole.save());
        expect([restarted.totals, restarted.stepsClosed, restarted.watermarkMs, restarted.holding]).toEqual([
          ...[whole.totals, whole.stepsClosed, whole.watermarkMs, whole.holding],
        ]);
      }),
      { numRuns: RUNS },
    );
  });

  it("gives the same steps and the same bytes however the ticks are split into batches", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(CONFIG, STREAM, sizes, (config, ticks, batches) => {
        const rows = pack(ticks);
        const whole = new FeatureEngine(config);
        const expected = run(whole, rows);
        const split = new FeatureEngine(config);
        const parts: Content[] = [];
        let from = 0;
        for (const size of [...batches, ticks.length]) {
          parts.push(contentOf(run(split, rowsOf(rows, from, Math.min(from + size, ticks.length))).steps));
          from = Math.min(from + size, ticks.length);
        }
        expectSame(joined(parts), contentOf(expected.steps));
        expectSameBytes(split.save(), whole.save());
      }),
      { numRuns: RUNS },
    );
  });

  it("does not depend on the future: a stream cut at any tick gives the same steps up to there", () => {
    fc.assert(
      fc.property(CONFIG, STREAM, fc.nat(260), (config, ticks, cut) => {
        const rows = pack(ticks);
        const early = run(new FeatureEngine(config), rowsOf(rows, 0, Math.min(cut, ticks.length))).steps;
        const all = run(new FeatureEngine(config), rows).steps;
        all.count = early.count;
        expectSame(contentOf(early), contentOf(all));
      }),
      { numRuns: RUNS },
    );
  });

  it("gives the same default-1 rows at eight times the price, bit for bit, while peer-10 follows the price", () => {
    const ticks = integerStream(6000, 11);
    const scaled = ticks.map((t) => {
      const quote = t.bid === undefined ? {} : { bid: t.bid * 8, ask: t.ask! * 8 };
      return { ...t, price: t.price * 8, ...quote };
    });
    const a = contentOf(run(new FeatureEngine(SMALL), pack(ticks)).steps);
    const b = contentOf(run(new FeatureEngine(SMALL), pack(scaled)).steps);
    expect(a.base.length).toBeGreaterThan(50_000);
    expectSame(b, a, ["base", "tau", "label", "horizonVolatility", "flags"]);
    expect(b.peer).not.toEqual(a.peer);
    expect(b.price).toEqual(a.price.map((p) => p * 8));
  });

  it("keeps all of it over windows that turn over many times and over gaps, restarted every 1,700 ticks", () => {
    const rows = pack(integerStream(45_000, 5));
    const whole = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
    const expected = contentOf(run(whole, rows).steps);
    let engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
    const parts: Content[] = [];
    for (let from = 0; from < 45_000; from += 1700) {
      engine = FeatureEngine.load(engine.save());
      parts.push(contentOf(run(engine, rowsOf(rows, from, Math.min(from + 1700, 45_000))).steps));
    }
    expectSame(joined(parts), expected);
    expectSameBytes(engine.save(), whole.save());
    const labels = new Set(expected.label);
    expect([...labels].sort()).toEqual([-1, 0, 1]);
    expect(expected.flags.filter((f) => (f & FLAG.segmentStart) !== 0)).toHaveLength(3);
  });

  it("drops windows and waiting labels at a gap, but keeps the threshold", () => {
    const engine = new FeatureEngine(SMALL);
    const calm = integerStream(400, 2).filter((t) => t.id !== undefined);
    run(engine, pack(calm));
    const before = engine.thresholdCount(0).have;
    expect(before).toBeGreaterThan(30);
    const later = calm.slice(0, 60).map((t) => ({ ...t, ts: t.ts + 3_600_000 }));
    const { steps } = run(engine, pack(later));
    const content = contentOf(steps);
    expect(content.flags[1]! & FLAG.segmentStart).not.toBe(0);
    expect(content.tau.slice(1, 6).every((tau) => tau > 0)).toBe(true);
    expect(content.label.slice(1, 6)).toEqual([-1, -1, -1, -1, -1]);
    expect(content.rv60.slice(1, 20).every(Number.isNaN)).toBe(true);
    expect(engine.thresholdCount(0).have).toBeGreaterThanOrEqual(before);
  });

  it("drops threshold values that are older than seven days", () => {
    const engine = new FeatureEngine(SMALL);
    const calm = integerStream(400, 2);
    run(engine, pack(calm));
    expect(engine.thresholdCount(0).have).toBe(40);
    const later = calm.slice(0, 40).map((t) => ({ ...t, ts: t.ts + 8 * 86_400_000 }));
    const { steps } = run(engine, pack(later));
    expect(contentOf(steps).tau.slice(1, 6).every(Number.isNaN)).toBe(true);
    expect(engine.thresholdCount(0).have).toBeLessThan(20);
  });

  it("holds no more state after many ticks than after few", () => {
    const engine = new FeatureEngine(SMALL);
    const sizes = [500, 4000].map((count) => {
      run(engine, pack(integerStream(count, 2)));
      return engine.save().byteLength;
    });
    expect(Math.abs(sizes[1]! - sizes[0]!)).toBeLessThan(20 * TICK_FIELDS * 8);
  });

  it("counts what became of every tick", () => {
    fc.assert(
      fc.property(STREAM, (ticks) => {
        const engine = new FeatureEngine(SMALL);
        run(engine, pack(ticks));
        const { accepted, duplicate, late, outlier, priceOutlier } = engine.totals;
        expect(accepted + duplicate + late + outlier + priceOutlier + (engine.holding ? 1 : 0)).toBe(ticks.length);
      }),
    );
  });

  it("offers the newest closed step, also after a batch that closed none and after a restart", () => {
    const engine = new FeatureEngine(SMALL);
    expect(engine.lastStep.count).toBe(0);
    const rows = pack(integerStream(300, 9));
    const { steps } = run(engine, rows);
    const newest = new ClosedSteps(1);
    newest.keepOnly(steps, steps.count - 1);
    run(engine, new Float64Array(0));
    expectSame(contentOf(engine.lastStep), contentOf(newest));
    expect(contentOf(FeatureEngine.load(engine.save()).lastStep)).toEqual(contentOf(newest));
  });

  it("has the same newest step and the same bytes whichever rows were kept of each batch", () => {
    const kept = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.subarray([...ROW_NAMES])), { minLength: 1 });
    fc.assert(
      fc.property(CONFIG, STREAM, kept, fc.boolean(), (config, ticks, batches, withSecond) => {
        const rows = pack(ticks);
        const [whole, some] = [new FeatureEngine(config), new FeatureEngine(config)];
        for (let at = 0, i = 0; at < ticks.length; i++) {
          const [size, names] = batches[i % batches.length]!;
          const batch = rowsOf(rows, at, Math.min(at + size, ticks.length));
          at += size;
          run(whole, batch);
          const steps = new ClosedSteps(some.labelSpecs.length, 64, names);
          some.process(batch, steps, new Uint8Array(size));
          if (withSecond && i === 1) {
            whole.addLabelSpec(SECOND);
            some.addLabelSpec(SECOND);
          }
          if (i % 3 === 0) expectSame(contentOf(some.lastStep), contentOf(whole.lastStep));
        }
        expectSameBytes(some.save(), whole.save());
      }),
      { numRuns: RUNS },
    );
  });

  it("does not return another engine's step when they share a buffer", () => {
    const [a, b] = [new FeatureEngine(SMALL), new FeatureEngine(SMALL)];
    const rows = pack(integerStream(50, 9));
    const shared = new ClosedSteps(1);
    a.process(rows, shared, new Uint8Array(50));
    b.process(rows.subarray(0, TICK_FIELDS), shared, new Uint8Array(1));
    expect(a.lastStep.count).toBe(1);
    expect(b.lastStep.count).toBe(0);
  });

  it("refuses a buffer made for another number of label specs", () => {
    expect(() => new FeatureEngine(SMALL).process(new Float64Array(0), new ClosedSteps(2), new Uint8Array(0))).toThrow(
      "out.specCount: got 2, expected 1",
    );
  });
});
