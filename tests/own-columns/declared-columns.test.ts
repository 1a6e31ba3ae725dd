// What must hold of whatever columns are declared. Run twice: on those of src/features/custom.ts, which may be none,
// and in the project `own` on a sample of every kind.
import { describe, expect, it } from "vitest";
import type { ClosedStep } from "../../src/features/closed-step.ts";
import { CUSTOM } from "../../src/features/custom.ts";
import { EventGrid, gridConfig } from "../../src/features/event-grid.ts";
import { ln } from "../../src/features/exact-math.ts";
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { OwnStatistics } from "../../src/features/own-statistics.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ALL_COLUMNS, OWN_COLUMNS, ROW_NAMES, ROWS } from "../../src/features/schema.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { contentOf, expectSame, expectSameBytes, joined, run } from "../features/engine-run.ts";
import { feed } from "../features/grid-trace.ts";
import { flowStream, pack, type StreamTick, START_MS } from "../features/tick-stream.ts";
import { naiveOwn } from "./naive-own.ts";
import { CUSTOM as SAMPLE } from "./sample-declaration.ts";

const HORIZON = 5;
const LABEL = { ...DEFAULT_LABEL_SPEC, horizonSteps: HORIZON, windowSteps: 60, minCount: 6 };
const CONFIG: EngineConfig = { grid: gridConfig(), label: LABEL };

/** Stretches without a tick, and without volume, so that windows are part empty or hold nothing but zeros. */
function withHoles(ticks: readonly StreamTick[]): StreamTick[] {
  return ticks.filter((t) => Math.floor((t.ts - START_MS) / 17_000) % 7 !== 3);
}

const TICKS = withHoles(flowStream(2500, 7));
const STEPS: readonly ClosedStep[] = feed(new EventGrid(gridConfig()), TICKS).steps;

class Running {
  readonly statistics: OwnStatistics;
  private previousPrice: number;

  constructor(statistics = new OwnStatistics(CUSTOM, HORIZON), previousPrice = NaN) {
    this.statistics = statistics;
    this.previousPrice = previousPrice;
  }

  after(step: ClosedStep): number[] {
    const r = ln(step.price / this.previousPrice);
    const range = Number.isNaN(step.high) ? 0 : ln(step.high / step.low);
    const parkinson = step.observed ? (range * range) / (4 * Math.LN2) : NaN;
    this.previousPrice = step.price;
    this.statistics.update(step, { r, parkinson, spread: step.spread / step.midPrice });
    const out = new Float64Array(CUSTOM.length);
    this.statistics.write(out, 0);
    return [...out];
  }

  restarted(): Running {
    const to = new StateWriter();
    this.statistics.save(to);
    const statistics = new OwnStatistics(CUSTOM, HORIZON);
    const from = new StateReader(to.finish({}));
    statistics.load(from);
    from.end();
    return new Running(statistics, this.previousPrice);
  }

  get stateBytes(): number {
    const to = new StateWriter();
    this.statistics.save(to);
    return to.finish({}).byteLength;
  }
}

describe("declared columns", () => {
  it("are the sample's in the project that stands for them, and elsewhere those of custom.ts", () => {
    expect(CUSTOM === SAMPLE).toBe(process.env["OWN_COLUMNS"] === "sample");
  });

  it("equal those recomputed from the list of steps", () => {
    const running = new Running();
    const finite = new Set<number>();
    STEPS.forEach((step, i) => {
      const actual = running.after(step);
      if (i > 40 && i % 7 !== 0) return;
      const expected = naiveOwn(CUSTOM, STEPS.slice(0, i + 1), HORIZON);
      expected.forEach((b, k) => {
        const a = actual[k]!;
        const isEqual = Number.isNaN(b) ? Number.isNaN(a) : Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b));
        if (!isEqual) expect.fail(`${CUSTOM[k]!.name} after step ${i}: got ${a}, expected ${b}`);
        if (Number.isFinite(b)) finite.add(k);
      });
    });
    expect(CUSTOM === SAMPLE ? finite.size : SAMPLE.length).toBe(SAMPLE.length);
  });

  it("do not know the steps after theirs", () => {
    const ofAll = contentOf(run(new FeatureEngine(CONFIG), pack(TICKS)).steps);
    for (const cut of [60, 333, 1200]) {
      const part = contentOf(run(new FeatureEngine(CONFIG), pack(TICKS.slice(0, cut))).steps);
      const count = part.index.length;
      expect(count).toBeGreaterThan(10);
      expect(part.own).toEqual(ofAll.own.slice(0, count * OWN_COLUMNS.length));
    }
  });

  it("go on bit for bit after a restart at every step", () => {
    const whole = new Running();
    let restarted = new Running();
    for (const step of STEPS) {
      restarted = restarted.restarted();
      expect(restarted.after(step)).toEqual(whole.after(step));
    }
  });

  it("go on bit for bit after a restart of the engine between batches of any size", () => {
    const rows = pack(TICKS);
    const once = new FeatureEngine(CONFIG);
    const whole = contentOf(run(once, rows).steps);
    for (const size of [1, 7, 250]) {
      let engine = new FeatureEngine(CONFIG);
      const parts = [];
      for (let at = 0; at < Math.min(TICKS.length, 80 * size); at += size) {
        parts.push(contentOf(run(engine, rows.subarray(at * TICK_FIELDS, (at + size) * TICK_FIELDS)).steps));
        engine = FeatureEngine.load(engine.save());
      }
      const content = joined(parts);
      const isWhole = TICKS.length <= 80 * size;
      if (isWhole) {
        expectSame(content, whole);
        expectSameBytes(engine.save(), once.save());
      } else {
        expect(content.own).toEqual(whole.own.slice(0, content.own.length));
      }
    }
  });

  it("begin anew after a gap", () => {
    const engine = new FeatureEngine(CONFIG);
    run(engine, pack(TICKS.slice(0, 900)));
    const later = TICKS.map((tick) => ({ ...tick, ts: tick.ts + 3_600_000 }));
    const { own, index } = contentOf(run(engine, pack(later)).steps);
    const fresh = contentOf(run(new FeatureEngine(CONFIG), pack(later)).steps);
    const first = index.length - fresh.index.length;
    expect(own.slice(first * OWN_COLUMNS.length)).toEqual(fresh.own);
  });

  it("keep a state that does not grow with the steps", () => {
    const running = new Running();
    const before = running.stateBytes;
    for (const step of STEPS) running.after(step);
    expect(running.stateBytes).toBe(before);
  });

  it("stand behind those of default-2 in the row custom, against τ", () => {
    const { steps } = run(new FeatureEngine(CONFIG), pack(TICKS));
    const k = steps.count - 1;
    for (const name of ROW_NAMES.filter((row) => row === "custom")) {
      const row = new Float32Array(ROWS[name].length);
      const without = new Float32Array(ROWS["default-2"].length);
      steps.row(name, k, 0, ALL_COLUMNS[name], row, 0);
      steps.row("default-2", k, 0, ALL_COLUMNS["default-2"], without, 0);
      const own = OWN_COLUMNS.map(({ relation }, c) => {
        const x = steps.own[k * OWN_COLUMNS.length + c]!;
        return Math.fround(relation === "minus-ln" ? x - steps.lnTau[k]! : x);
      });
      expect([...row]).toEqual([...without, ...own]);
      expect(own.every(Number.isFinite)).toBe(true);
    }
    expect(ROW_NAMES.includes("custom")).toBe(CUSTOM.length > 0);
  });
});
