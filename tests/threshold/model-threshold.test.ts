import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LABEL } from "../../src/features/label-window.ts";
import type { AlertConfusion } from "../../src/threshold/alert-counts.ts";
import { type AnsweredStep, canFollow, ModelThreshold } from "../../src/threshold/model-threshold.ts";
import { ThresholdJournal } from "../../src/threshold/threshold-journal.ts";
import { answeredSteps, stated } from "./answered-steps.ts";

const STEP_MS = 60_000;
const STEPS = answeredSteps(9000);
const made = (): ModelThreshold => new ModelThreshold(stated(), STEP_MS);
const bytesOf = (model: ModelThreshold): Uint8Array => new Uint8Array(model.encode(1));
const reloaded = (model: ModelThreshold): ModelThreshold => ModelThreshold.decode(model.encode(1), STEP_MS).model;

describe("ModelThreshold", () => {
  it("answers the same after a restart at any steps, bit for bit", () => {
    const whole = made();
    const answers = STEPS.map((step) => whole.update(step));
    expect(new Set(answers).size).toBeGreaterThan(2);
    fc.assert(
      fc.property(fc.array(fc.nat(STEPS.length - 1), { maxLength: 6 }), (restarts) => {
        const at = new Set(restarts);
        let model = made();
        STEPS.forEach((step, k) => {
          if (at.has(k)) model = reloaded(model);
          if (model.update(step) !== answers[k]) throw new Error(`step ${k}`);
        });
        expect(bytesOf(model)).toEqual(bytesOf(whole));
      }),
      { numRuns: 8 },
    );
  });

  it("counts what was served, and what either threshold would have alerted, step by step", () => {
    const model = made();
    const naive = { served: noCounts(), stated: noCounts(), followed: noCounts() };
    const waiting = new Map<number, { readonly [by: string]: boolean }>();
    let last = -2;
    for (const [k, one] of STEPS.entries()) {
      // An operator's threshold for a while, and what follows for another.
      const step: AnsweredStep = { ...one, stated: k < 3000 ? 0.3 : 0.5, isFollowed: k > 5000 };
      if (step.segmentStart || step.index !== last + 1) waiting.clear();
      last = step.index;
      const alerts = waiting.get(step.index - 2);
      if (alerts !== undefined && (step.label === LABEL.calm || step.label === LABEL.spike)) {
        for (const [by, counts] of Object.entries(naive)) count(counts, alerts[by]!, step.label === LABEL.spike);
      }
      const threshold = model.update(step);
      if (!step.counts || Number.isNaN(step.probability)) continue;
      const [byStated, byFollowed] = [step.probability >= step.stated, step.probability >= threshold];
      const served = step.isFollowed ? byFollowed : byStated;
      waiting.set(step.index, { served, stated: byStated, followed: byFollowed });
    }
    expect(model.served.window(720, model.lastIndex).confusion).toEqual(naive);
    expect(naive.served).not.toEqual(naive.stated);
    expect(naive.served).not.toEqual(naive.followed);
  });

  it("records each change with the step of the first answer that it changed", () => {
    const model = made();
    const answers = STEPS.map((step) => [step.index, model.update(step)] as const);
    const { changes, count: changeCount } = model.journal;
    const seen = answers.flatMap(([index, threshold], k) => {
      const before = k === 0 ? 0.3 : answers[k - 1]![1];
      return threshold === before ? [] : [{ step: index, from: before, to: threshold }];
    });
    expect(changes.map(({ step, from, to }) => ({ step, from, to }))).toEqual(seen);
    expect(changeCount).toBe(seen.length);
  });

  it("takes no label across a hole, a void, or of a row that does not count", () => {
    const rows = (steps: readonly AnsweredStep[]): number => {
      const model = made();
      for (const step of steps) model.update(step);
      return model.served.window(720, model.lastIndex).rows;
    };
    const step = { segmentStart: false, counts: true, label: 0, probability: 0.5, stated: 0.3, isFollowed: false };
    const run = (change: (k: number) => Partial<AnsweredStep>): AnsweredStep[] =>
      Array.from({ length: 10 }, (_, k) => ({ ...step, index: k, ...change(k) }));
    expect(rows(run(() => ({})))).toBe(8);
    expect(rows(run((k) => ({ segmentStart: k === 5 })))).toBe(6);
    expect(rows(run((k) => ({ index: k < 5 ? k : k + 100 })))).toBe(6);
    expect(rows(run((k) => ({ label: k === 5 ? LABEL.void : 0 })))).toBe(7);
    expect(rows(run((k) => ({ counts: k !== 5 })))).toBe(7);
    expect(rows(run((k) => ({ probability: k === 5 ? NaN : 0.5 })))).toBe(7);
    // A step that is not newer is no step.
    expect(rows([...run(() => ({})), { ...step, index: 3 }])).toBe(8);
  });

  it("keeps six-hour blocks of thirty days, and drops older ones", () => {
    const model = made();
    const step = { segmentStart: false, counts: true, label: 0, probability: 0.5, stated: 0.3, isFollowed: false };
    const days = 40;
    for (let index = 0; index < days * 1440; index++) model.update({ ...step, index });
    expect(model.served.window(24, model.lastIndex)).toMatchObject({ fromStep: days * 1440 - 5 * 360, rows: 1798 });
    expect(model.served.window(720, model.lastIndex)).toMatchObject({ rows: 121 * 360 - 2 });
    expect(reloaded(model).served.window(720, model.lastIndex)).toEqual(model.served.window(720, model.lastIndex));
  });

  it("follows only goals that the trainer words, with edges", () => {
    expect(canFollow(stated())).toBe(true);
    expect(canFollow(stated("as imported"))).toBe(false);
    expect(canFollow({ ...stated(), edges: [] })).toBe(false);
    expect(() => new ModelThreshold(stated("as imported"), STEP_MS)).toThrow(/goal: got "as imported"/);
  });

  it("refuses damaged bytes and those of another kind", () => {
    const bytes = made().encode(1);
    const damaged = bytes.slice(0);
    new Uint8Array(damaged)[200]! ^= 1;
    expect(() => ModelThreshold.decode(damaged, STEP_MS)).toThrow();
    expect(() => ModelThreshold.decode(new ArrayBuffer(8), STEP_MS)).toThrow();
  });
});

describe("ThresholdJournal", () => {
  it("keeps the last fifty changes, and counts all", () => {
    const journal = new ThresholdJournal({ count: 0, changes: [] });
    const change = {
      from: 0.1,
      to: 0.2,
      reached: true,
      rows: 1,
      positives: 1,
      alerts: 1,
      truePositives: 1,
      stretches: 1,
    };
    for (let step = 0; step < 70; step++) journal.add({ ...change, step });
    expect([journal.count, journal.changes.length, journal.changes[0]!.step]).toEqual([70, 50, 20]);
  });
});

function noCounts() {
  return { tp: 0, fp: 0, fn: 0, tn: 0 };
}

function count(counts: { -readonly [K in keyof AlertConfusion]: number }, isAlert: boolean, isSpike: boolean): void {
  counts[isAlert ? (isSpike ? "tp" : "fp") : isSpike ? "fn" : "tn"] += 1;
}
