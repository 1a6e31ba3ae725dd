import { describe, expect, it } from "vitest";
import { ticksOfBar } from "../../src/markets/bar.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { contentOf, run } from "./engine-run.ts";
import { integerStream, pack, START_MS } from "./tick-stream.ts";

const FIRST: LabelSpec = { ...DEFAULT_LABEL_SPEC, horizonSteps: 5, windowSteps: 60, minCount: 6 };
const RATIO: LabelSpec = { ...FIRST, kind: "ratio", ratio: 1.25, windowSteps: 20 };
const ABSOLUTE: LabelSpec = { ...FIRST, kind: "absolute", levelBps: 0.0625 };
const CONFIG: EngineConfig = { grid: gridConfig(), label: FIRST };
const ROWS = pack(integerStream(1500, 21));

/** Column `spec` of an interleaved array. */
const ofSpec = (values: readonly number[], spec: number, specs: number): number[] =>
  values.filter((_, i) => i % specs === spec);

function withSpecs(...specs: readonly LabelSpec[]): FeatureEngine {
  const engine = new FeatureEngine({ ...CONFIG, label: specs[0]! });
  for (const spec of specs.slice(1)) expect(engine.addLabelSpec(spec)).toBeUndefined();
  return engine;
}

describe("label specs of an engine", () => {
  it("added later have at once the threshold that they would have had from the start", () => {
    const early = withSpecs(FIRST, RATIO);
    const late = withSpecs(FIRST);
    const cut = 900 * TICK_FIELDS;
    run(early, ROWS.subarray(0, cut));
    run(late, ROWS.subarray(0, cut));
    late.addLabelSpec(RATIO);
    expect(late.thresholdCount(1)).toEqual(early.thresholdCount(1));
    expect(late.lastStep.tau).toEqual(early.lastStep.tau);
    const a = contentOf(run(early, ROWS.subarray(cut)).steps);
    const b = contentOf(run(late, ROWS.subarray(cut)).steps);
    expect(b.tau).toEqual(a.tau);
    expect(b.tau.every((tau) => tau > 0)).toBe(true);
    expect(b.label.slice(2 * FIRST.horizonSteps)).toEqual(a.label.slice(2 * FIRST.horizonSteps));
    expect(ofSpec(b.label, 1, 2).slice(0, FIRST.horizonSteps)).toEqual(Array(FIRST.horizonSteps).fill(LABEL.none));
  });

  it("do not affect one another", () => {
    const alone = contentOf(run(withSpecs(FIRST), ROWS).steps);
    const beside = contentOf(run(withSpecs(FIRST, RATIO), ROWS).steps);
    expect(ofSpec(beside.tau, 0, 2)).toEqual(alone.tau);
    expect(ofSpec(beside.label, 0, 2)).toEqual(alone.label);
    expect(beside.base).toEqual(alone.base);
    const second = contentOf(run(withSpecs(RATIO), ROWS).steps);
    expect(ofSpec(beside.tau, 1, 2)).toEqual(second.tau);
    expect(ofSpec(beside.label, 1, 2)).toEqual(second.label);
  });

  it("are refused with a code when they do not fit the symbol", () => {
    const engine = withSpecs(FIRST);
    expect(engine.addLabelSpec({ ...FIRST, source: "mid" })).toBe("label_source_differs");
    expect(engine.addLabelSpec({ ...FIRST, measure: "parkinson" })).toBe("label_does_not_fit_ring");
    expect(engine.addLabelSpec({ ...FIRST, horizonSteps: 6 })).toBe("label_does_not_fit_ring");
    expect(engine.addLabelSpec({ ...FIRST, windowSteps: 61 })).toBe("label_does_not_fit_ring");
    expect(engine.addLabelSpec({ ...ABSOLUTE, windowSteps: 61 })).toBeUndefined();
    expect(engine.addLabelSpec(RATIO)).toBe("too_many_label_specs");
    expect(engine.labelSpecs).toHaveLength(2);
    expect(engine.addLabelSpec(FIRST)).toBeUndefined();
    expect(() => new FeatureEngine({ ...CONFIG, label: { ...FIRST, source: "mid" } })).toThrow("label_source_differs");
  });

  it("can be removed again, the one of the symbol's first day too, but not the last", () => {
    const engine = withSpecs(FIRST, RATIO);
    run(engine, ROWS.subarray(0, 900 * TICK_FIELDS));
    const tau = engine.lastStep.tau[1];
    engine.removeLabelSpec(FIRST);
    expect(engine.labelSpecs).toEqual([RATIO]);
    expect(engine.lastStep.tau[0]).toBe(tau);
    engine.removeLabelSpec(RATIO);
    expect(engine.labelSpecs).toEqual([RATIO]);
    expect(engine.addLabelSpec(ABSOLUTE)).toBeUndefined();
  });

  it("keep the ring's shape when the first one is removed, also over a snapshot", () => {
    const kept = withSpecs(FIRST, RATIO);
    const gone = withSpecs(FIRST, RATIO);
    gone.removeLabelSpec(FIRST);
    const cut = 900 * TICK_FIELDS;
    run(kept, ROWS.subarray(0, cut));
    run(gone, ROWS.subarray(0, cut));
    const restored = FeatureEngine.load(gone.save());
    expect(restored.labelSpecs).toEqual([RATIO]);
    expect(restored.config).toEqual(CONFIG);
    expect(restored.addLabelSpec(FIRST)).toBeUndefined();
    expect(restored.thresholdCount(1)).toEqual(kept.thresholdCount(0));
    const a = contentOf(run(kept, ROWS.subarray(cut)).steps);
    const b = contentOf(run(restored, ROWS.subarray(cut)).steps);
    expect(ofSpec(b.tau, 1, 2)).toEqual(ofSpec(a.tau, 0, 2));
    expect(ofSpec(b.tau, 0, 2)).toEqual(ofSpec(a.tau, 1, 2));
  });

  it("label step i by the volatility of the steps after it against step i's own threshold", () => {
    const h = FIRST.horizonSteps;
    for (const spec of [FIRST, RATIO, ABSOLUTE]) {
      const { tau, label, horizonVolatility, index, flags } = contentOf(run(withSpecs(spec), ROWS).steps);
      let spikes = 0;
      for (let i = h; i < index.length; i++) {
        const [threshold, volatility] = [tau[i - h]!, horizonVolatility[i]!];
        const decided = Number.isNaN(volatility) ? LABEL.void : volatility > threshold ? LABEL.spike : LABEL.calm;
        expect(label[i]).toBe(Number.isNaN(threshold) ? LABEL.none : decided);
        spikes += label[i] === LABEL.spike ? 1 : 0;
      }
      expect(flags.filter((f) => (f & 8) !== 0)).toHaveLength(1);
      expect(spikes).toBeGreaterThan(10);
    }
  });

  it("of the absolute kind have their threshold from the first step on", () => {
    const engine = withSpecs(ABSOLUTE);
    const { tau } = contentOf(run(engine, ROWS.subarray(0, 40 * TICK_FIELDS)).steps);
    expect(new Set(tau)).toEqual(new Set([6.25e-6]));
    expect(engine.thresholdCount(0).need).toBe(0);
  });

  it("of the ratio kind are that multiple of the median", () => {
    const median: LabelSpec = { ...RATIO, kind: "trailing-quantile", quantile: 0.5 };
    const { tau } = contentOf(run(withSpecs({ ...RATIO, ratio: 3 }, median), ROWS).steps);
    const [triple, single] = [ofSpec(tau, 0, 2), ofSpec(tau, 1, 2)];
    expect(triple).toEqual(single.map((x) => 3 * x));
  });
});

describe("an engine on bars", () => {
  it("has each bar's own range as its parkinson volatility at horizon 1, and labels the bar before by it", () => {
    const label: LabelSpec = { ...FIRST, measure: "parkinson", horizonSteps: 1, windowSteps: 30, minCount: 5 };
    const engine = new FeatureEngine({ grid: gridConfig(60_000), label });
    const packed = new PackedTicks();
    const ranges: number[] = [];
    for (let i = 0; i < 100; i++) {
      const low = 7000 + ((i * 37) % 50);
      const high = low + 1 + ((i * i) % 23);
      ranges.push(Math.log(high / low) / Math.sqrt(4 * Math.LN2));
      const bar = { timestamp_ms: START_MS + i * 60_000, open: low, high, low, close: high - (i % 2) };
      for (const input of ticksOfBar(bar, "XBTUSD")!) {
        const tick = parseTick(input, Infinity);
        if (!isRejection(tick)) packed.add(tick);
      }
    }
    const { index, horizonVolatility, label: labels, tau, price } = contentOf(run(engine, packed.rows()).steps);
    expect(index.length).toBe(99);
    horizonVolatility.forEach((v, i) => expect(v).toBeCloseTo(ranges[i]!, 12));
    expect(price[3]).toBe(7000 + 111 - 100 + 50 + 1 + 9 - 1 - 50);
    labels.slice(1).forEach((decided, i) => {
      if (Number.isNaN(tau[i]!)) expect(decided).toBe(LABEL.none);
      else expect(decided).toBe(horizonVolatility[i + 1]! > tau[i]! ? LABEL.spike : LABEL.calm);
    });
    expect(labels.filter((l) => l === LABEL.spike).length).toBeGreaterThan(3);
  });
});
