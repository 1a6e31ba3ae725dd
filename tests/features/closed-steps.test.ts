import { describe, expect, it } from "vitest";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_1, PEER_10 } from "../../src/features/schema.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { contentOf, expectSame, run } from "./engine-run.ts";
import { integerStream, pack } from "./tick-stream.ts";

const ALL = DEFAULT_1.map((_, i) => i);
const { steps } = run(new FeatureEngine(), pack(integerStream(4000, 8)));

describe("ClosedSteps", () => {
  it("keeps its entries while it grows, and its room when it is cleared", () => {
    const grown = new ClosedSteps(1, 1);
    const engine = new FeatureEngine();
    const rows = pack(integerStream(4000, 8));
    engine.process(rows, grown, new Uint8Array(4000));
    expect(grown.count).toBeGreaterThan(1000);
    expectSame(contentOf(grown), contentOf(steps));
    const room = grown.index.length;
    grown.clear();
    expect([grown.count, grown.index.length]).toEqual([0, room]);
  });

  it("gives a default-1 row as float32 of the columns asked for, less ln τ where the column is relative to it", () => {
    const k = steps.count - 1;
    const out = new Float32Array(ALL.length + 2).fill(-7);
    steps.row("default-1", k, 0, ALL, out, 1);
    DEFAULT_1.forEach(({ relation }, c) => {
      const base = steps.base[k * DEFAULT_1.length + c]!;
      expect(out[1 + c]).toBe(Math.fround(relation === "minus-ln" ? base - steps.lnTau[k]! : base));
    });
    expect([out[0], out.at(-1)]).toEqual([-7, -7]);
    const some = new Float32Array(2);
    steps.row("default-1", k, 0, [20, 3], some, 0);
    expect([...some]).toEqual([out[21], out[4]]);
  });

  it("gives a peer-10 row without any threshold", () => {
    const k = steps.count - 1;
    const out = new Float32Array(2);
    steps.row("peer-10", k, 0, [9, 0], out, 0);
    const at = k * PEER_10.length;
    expect([...out]).toEqual([Math.fround(steps.peer[at + 9]!), Math.fround(steps.peer[at]!)]);
  });

  it("has NaN in every relative column while there is no threshold", () => {
    const out = new Float32Array(ALL.length);
    steps.row("default-1", 100, 0, ALL, out, 0);
    expect(steps.ready(100, 0)).toBe(false);
    DEFAULT_1.forEach(({ relation }, c) => {
      if (relation !== "none") expect(out[c]).toBeNaN();
    });
  });

  it("is ready with enough returns and a threshold, and counts when observed and not stale: both for training", () => {
    const one = new ClosedSteps(1);
    const set = (flags: number, tau: number): void => {
      one.flags[0] = flags;
      one.tau[0] = tau;
    };
    one.append();
    set(FLAG.ready | FLAG.observed, 0.1);
    expect([one.ready(0, 0), one.isEligible(0), one.isTrainable(0, 0)]).toEqual([true, true, true]);
    set(FLAG.ready | FLAG.observed, NaN);
    expect([one.ready(0, 0), one.isEligible(0), one.isTrainable(0, 0)]).toEqual([false, true, false]);
    set(FLAG.ready | FLAG.observed | FLAG.stale, 0.1);
    expect([one.ready(0, 0), one.isEligible(0), one.isTrainable(0, 0)]).toEqual([true, false, false]);
    set(FLAG.ready | FLAG.observed | FLAG.stale, NaN);
    expect([one.ready(0, 0), one.isEligible(0)]).toEqual([false, false]);
    set(0, 0.1);
    expect([one.ready(0, 0), one.isEligible(0)]).toEqual([false, false]);
  });

  it("copies one entry of another and nothing else", () => {
    const one = new ClosedSteps(1, 1);
    one.keepOnly(steps, 5);
    one.keepOnly(steps, 900);
    expect(one.count).toBe(1);
    expect([one.index[0], one.tau[0], one.label[0]]).toEqual([steps.index[900], steps.tau[900], steps.label[900]]);
    expect(one.base).toEqual(steps.base.slice(900 * DEFAULT_1.length, 901 * DEFAULT_1.length));
  });

  it("comes back from a snapshot", () => {
    const to = new StateWriter();
    steps.save(to);
    const copy = new ClosedSteps(1, 1);
    copy.load(new StateReader(to.finish(null)));
    expectSame(contentOf(copy), contentOf(steps));
  });
});
