// What is learnt of forecasts: the same bits whatever the batches and restarts, and what each happening costs.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../src/volatility/sigma-levels.ts";
import type { SigmaFigures } from "../../src/volatility/sigma-figures.ts";
import { VolatilityLearning } from "../../src/volatility/volatility-learning.ts";
import { type Happening, type MadeSteps, madeSteps, sliceOf } from "./sigma-steps.ts";

const H = 3;
const STEP_MS = 1000;
const SPEC = { labelText: "a label", horizonSteps: H };
const A = { sha256: "a".repeat(64), ...SPEC, offsets: [-0.6, 0, 0.6] };
const B = { sha256: "b".repeat(64), ...SPEC, offsets: null };

function fresh(models = [A, B]): VolatilityLearning {
  const learning = new VolatilityLearning(STEP_MS);
  learning.adopt([SPEC], models);
  return learning;
}

function ratiosOf({ ratios }: MadeSteps, models = [A, B]): Map<string, Float32Array> {
  return new Map(models.map(({ sha256 }) => [sha256, ratios]));
}

function figuresOf(learning: VolatilityLearning, window: "1h" | "24h" | "30d" = "24h"): SigmaFigures {
  return learning.figures(window).find(({ sha256 }) => sha256 === A.sha256)!;
}

/** Takes every change that is written. */
class Storage {
  readonly pages = new Map<string, ArrayBuffer>();

  save(learning: VolatilityLearning): void {
    for (const { id, bytes } of learning.dirtyPages()) this.pages.set(id, bytes);
  }

  load(): VolatilityLearning {
    return VolatilityLearning.load(STEP_MS, this.pages);
  }
}

function all(learning: VolatilityLearning): Record<string, string> {
  const storage = new Storage();
  // A model's pages are written when they change: `load` of its own pages has nothing to write.
  storage.save(learning);
  return Object.fromEntries([...storage.pages].map(([id, bytes]) => [id, Buffer.from(bytes).toString("base64")]));
}

const happening = fc.record({
  at: fc.integer({ min: 1, max: 399 }),
  what: fc.constantFrom<Happening["what"]>("gap", "void", "stale", "flat", "no forecast"),
});

describe("VolatilityLearning", () => {
  it("gives the same bits whatever the batches, and across restarts", () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 399 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 1000 }),
        (happenings, cuts, seed) => {
          const made = madeSteps(400, { horizonSteps: H, seed, happenings });
          const whole = fresh().learn(made.steps, ratiosOf(made));
          const storage = new Storage();
          let learning = fresh();
          const edges = [0, ...new Set(cuts), 400].sort((a, b) => a - b);
          edges.slice(1).forEach((to, i) => {
            const from = edges[i]!;
            const part = sliceOf(made, from, to);
            const answers = learning.learn(part.steps, ratiosOf(part));
            for (const [sha256, values] of answers) {
              expect(values).toEqual(whole.get(sha256)!.subarray(from * LEVELS, to * LEVELS));
            }
            storage.save(learning);
            learning = storage.load();
            expect(learning.damagedPages).toBe(0);
            learning.adopt([SPEC], [A, B]);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("answers quantiles in order around the forecast, of the first step on where training says them", () => {
    const made = madeSteps(300, { horizonSteps: H, seed: 1 });
    const answers = fresh().learn(made.steps, ratiosOf(made));
    const [a, b] = [answers.get(A.sha256)!, answers.get(B.sha256)!];
    expect([...a.subarray(0, 3)]).toEqual(
      [-0.6, 0, 0.6].map((x) => Math.fround(Math.exp(Math.fround(x)))).map((x) => expect.closeTo(x, 6)),
    );
    for (let k = 0; k < 300; k++) {
      expect(a[3 * k]).toBeLessThanOrEqual(a[3 * k + 1]!);
      expect(a[3 * k + 1]).toBeLessThanOrEqual(a[3 * k + 2]!);
      // Labels of a hundred forecasts, the first of which comes a horizon after the first step.
      expect(Number.isNaN(b[3 * k])).toBe(k < 100 + H - 1);
    }
  });

  it("learns nothing from void horizons, stale steps, steps without a forecast, or across a gap", () => {
    const happenings: Happening[] = [
      { at: 50, what: "void" },
      { at: 60, what: "stale" },
      { at: 70, what: "no forecast" },
      { at: 80, what: "gap" },
    ];
    const made = madeSteps(100, { horizonSteps: H, seed: 2, happenings });
    const learning = fresh();
    learning.learn(made.steps, ratiosOf(made));
    // A segment has its steps less a horizon; the three others lose one each.
    expect(figuresOf(learning).labels).toBe(80 - H + (20 - H) - 3);
  });

  it("counts a horizon without any movement as ε, and stays finite", () => {
    const happenings = Array.from({ length: 250 }, (_, at): Happening => ({ at, what: "flat" }));
    const made = madeSteps(250, { horizonSteps: H, seed: 4, happenings });
    const learning = fresh();
    const answers = learning.learn(made.steps, ratiosOf(made));
    expect([...answers.get(A.sha256)!].every(Number.isFinite)).toBe(true);
    const figures = figuresOf(learning);
    expect(figures.qlike).toBeGreaterThan(0);
    expect(figures.corrected!.coverage).toEqual([1, 1, 1]);
  });

  it("keeps a model's state while another serves, and gives up its forecasts that waited", () => {
    const made = madeSteps(400, { horizonSteps: H, seed: 5 });
    const learning = fresh([A]);
    const part = (from: number, to: number, model: typeof A | typeof B): void => {
      const of = sliceOf(made, from, to);
      learning.learn(of.steps, new Map([[model.sha256, of.ratios]]));
    };
    part(0, 200, A);
    const offsets = [...learning.of(A.sha256)!.tracker.offsets];
    learning.adopt([SPEC], [B]);
    part(200, 300, B);
    expect([...learning.of(A.sha256)!.tracker.offsets]).toEqual(offsets);
    learning.adopt([SPEC], [A]);
    part(300, 303, A);
    expect([...learning.of(A.sha256)!.tracker.offsets]).toEqual(offsets);
    part(303, 400, A);
    expect([...learning.of(A.sha256)!.tracker.offsets]).not.toEqual(offsets);
  });

  it("keeps four models, and drops the one that was not used for longest", () => {
    const learning = fresh([A]);
    const others = ["c", "d", "e"].map((letter) => ({ ...A, sha256: letter.repeat(64) }));
    for (const one of others) learning.adopt([SPEC], [one]);
    expect(learning.of(A.sha256)).toBeDefined();
    learning.adopt([SPEC], [B]);
    expect(learning.of(A.sha256)).toBeUndefined();
    expect(others.every(({ sha256 }) => learning.of(sha256) !== undefined)).toBe(true);
  });

  it("teaches nothing by steps that it has learnt from already, and answers them as it would now", () => {
    const made = madeSteps(200, { horizonSteps: H, seed: 6 });
    const learning = fresh();
    learning.learn(made.steps, ratiosOf(made));
    const before = all(learning);
    const again = learning.learn(made.steps, ratiosOf(made));
    expect(learning.dirtyPages()).toEqual([]);
    expect(Object.keys(before)).toContain("state-0");
    const last = sliceOf(made, 199, 200);
    expect(learning.answers(last.steps, ratiosOf(last)).get(A.sha256)).toEqual(again.get(A.sha256)!.slice(-LEVELS));
  });

  it("loses of a damaged page its own part only, and counts it", () => {
    const made = madeSteps(2000, { horizonSteps: H, seed: 7 });
    const learning = fresh();
    learning.learn(made.steps, ratiosOf(made));
    const storage = new Storage();
    storage.save(learning);
    for (const id of storage.pages.keys()) {
      const damaged = new Map(storage.pages);
      damaged.set(id, new ArrayBuffer(8));
      const loaded = VolatilityLearning.load(STEP_MS, damaged);
      expect(loaded.damagedPages).toBe(1);
      loaded.adopt([SPEC], [A, B]);
      // Of the closed blocks' page the labels of the open one are left, and of the slots' page the newest step is lost.
      const inOpen = (made.steps.index[1999]! + 1) % 900;
      const kept = new Map([
        ["state-0", 0],
        ["sums-0", inOpen],
        ["slots", 0],
      ]);
      const { tracker } = loaded.of(A.sha256)!;
      expect([...tracker.offsets].join() === A.offsets.join()).toBe(id === "state-0");
      expect([id, figuresOf(loaded).labels]).toEqual([id, kept.get(id) ?? 2000 - H]);
    }
  });

  it("keeps coverage through a change that doubles every volatility, where fixed offsets lose it", () => {
    const made = madeSteps(40_000, { horizonSteps: H, seed: 8 });
    const { horizonVolatility } = made.steps;
    for (let k = 20_000; k < 40_000; k++) horizonVolatility[k]! *= 2;
    const learning = fresh([A]);
    learning.learn(made.steps, ratiosOf(made, [A]));
    const { corrected, uncorrected } = figuresOf(learning);
    [0.1, 0.5, 0.9].forEach((level, l) => expect(Math.abs(corrected!.coverage[l]! - level)).toBeLessThan(0.01));
    expect(Math.abs(uncorrected!.coverage[1]! - 0.5)).toBeGreaterThan(0.1);
  });
});
