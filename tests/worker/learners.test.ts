// What learns from labels: a fault in one learner touches no other, and it begins again from the last snapshot.
import { describe, expect, it } from "vitest";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import type { Page } from "../../src/features/page-buffer.ts";
import { SCORED } from "../../src/model/scored-alias.ts";
import type { LabelLearner } from "../../src/durable/symbol/learning/label-learner.ts";
import { Learners } from "../../src/durable/symbol/learning/learners.ts";
import { DEFAULT_LEARNING } from "../../src/settings/learning-settings.ts";
import type { AliasScores, StepScores } from "../../src/durable/symbol/scoring.ts";

function scoresOf(value: number): StepScores {
  const values = Float32Array.of(value);
  const one: AliasScores = {
    ...{ scorer: undefined, places: [0], values, raw: values, sigmaRatios: undefined },
    ...{ last: value, lastSigmaRatio: NaN, noScore: undefined, error: undefined },
  };
  return Object.fromEntries(SCORED.map((alias) => [alias, one])) as StepScores;
}

/** Adds what it has learnt, one a call, to every answer; fails where it is told to. */
class Adder implements LabelLearner {
  damagedPages = 0;
  fails = false;
  learnt: number;

  constructor(pages: ReadonlyMap<string, ArrayBuffer>) {
    const stored = pages.get("count");
    this.learnt = stored === undefined ? 0 : new Float64Array(stored)[0]!;
  }

  adopt(): boolean {
    this.failIfTold();
    return false;
  }

  learn(_steps: ClosedSteps, scores: StepScores): StepScores {
    this.learnt += 1;
    this.failIfTold();
    return this.answer(_steps, scores);
  }

  answer(_steps: ClosedSteps, scores: StepScores): StepScores {
    const champion = { ...scores.champion, values: scores.champion.values.map((x) => x + this.learnt) };
    return { ...scores, champion };
  }

  dirtyPages(): readonly Page[] {
    return [{ id: "count", bytes: Float64Array.of(this.learnt).buffer }];
  }

  private failIfTold(): void {
    if (this.fails) throw new Error("told to fail");
  }
}

const TABLE = {
  first: (_stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): Adder => new Adder(pages),
  second: (_stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): Adder => new Adder(pages),
};

function made(pages: ReadonlyMap<string, ArrayBuffer> = new Map()) {
  const faults: unknown[] = [];
  const learners = new Learners(TABLE, 1000, pages, DEFAULT_LEARNING, (error) => faults.push(error));
  const learn = (): number => learners.learn(new ClosedSteps(1), scoresOf(0), undefined).champion.values[0]!;
  return { learners, faults, learn };
}

function pagesOf(pages: readonly Page[]): Map<string, ArrayBuffer> {
  return new Map(pages.map(({ id, bytes }) => [id, bytes]));
}

describe("Learners", () => {
  it("answers by all of them in a row, and keeps the model's own scores", () => {
    const { learners, learn } = made();
    expect(learn()).toBe(2);
    expect(learn()).toBe(4);
    const answered = learners.answer(new ClosedSteps(1), scoresOf(0));
    expect([answered.champion.values[0], answered.champion.raw[0]]).toEqual([4, 0]);
  });

  it("goes on from its pages as if nothing had happened", () => {
    const { learners, learn } = made();
    learn();
    const again = made(pagesOf(learners.dirtyPages()));
    expect(again.learn()).toBe(4);
  });

  it("answers without the one that fails, until it begins again from the last snapshot", () => {
    const { learners, faults, learn } = made();
    learn();
    const snapshot = pagesOf(learners.dirtyPages());
    learners.of("first").fails = true;
    expect(learn()).toBe(2);
    expect(learn()).toBe(3);
    expect(String(faults)).toContain("told to fail");
    expect(learners.dirtyPages().map(({ id }) => id)).toEqual(["learner-second/count"]);
    expect(learners.resume(() => snapshot)).toBe(true);
    expect(learn()).toBe(2 + 4);
    expect(learners.resume(() => snapshot)).toBe(false);
  });

  it("begins anew with pages that cannot be read at all, and says so", () => {
    const faults: unknown[] = [];
    const table = {
      broken: (_stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): Adder => {
        if (pages.size > 0) throw new Error("unreadable");
        return new Adder(pages);
      },
    };
    const pages = new Map([["learner-broken/count", new ArrayBuffer(1)]]);
    const learners = new Learners(table, 1000, pages, DEFAULT_LEARNING, (error) => faults.push(error));
    expect(String(faults)).toContain("unreadable");
    expect(learners.learn(new ClosedSteps(1), scoresOf(0), undefined).champion.values[0]).toBe(1);
  });
});
