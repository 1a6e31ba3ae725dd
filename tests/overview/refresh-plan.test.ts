import { describe, expect, it } from "vitest";
import { RefreshPlan } from "../../src/overview/refresh-plan.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, k) => `S${k}`);

/** Answers all that is asked at once, with a step that ends `stepMs` later. */
function answer(plan: RefreshPlan, symbols: readonly string[], nowMs: number, stepMs = 1000): void {
  for (const symbol of symbols) plan.answered(symbol, nowMs, { nextStepMs: nowMs + stepMs, hasChanged: true });
}

describe("the plan of whom to ask", () => {
  it("asks no more symbols a second than it may, the one that is due the longest first, and so each in its turn", () => {
    const plan = new RefreshPlan(200);
    plan.add(names(1000), 0);
    const asked = new Map<string, number>();
    let calls = 0;
    for (let nowMs = 0; nowMs < 20_000; nowMs += 500) {
      const taken = plan.take(nowMs);
      calls += taken.length;
      for (const symbol of taken) asked.set(symbol, (asked.get(symbol) ?? 0) + 1);
      answer(plan, taken, nowMs);
    }
    expect(calls).toBeLessThanOrEqual(200 * 21);
    expect(calls).toBeGreaterThanOrEqual(200 * 19);
    expect(asked.size).toBe(1000);
    expect(Math.max(...asked.values()) - Math.min(...asked.values())).toBeLessThanOrEqual(1);
  });

  it("does not ask a symbol again while it is asked, nor before its next step is due", () => {
    const plan = new RefreshPlan(10);
    plan.add(["A"], 0);
    expect(plan.take(0)).toEqual(["A"]);
    expect(plan.take(5000)).toEqual([]);
    plan.answered("A", 5000, { nextStepMs: 65_000, hasChanged: true });
    expect(plan.take(64_999)).toEqual([]);
    expect(plan.take(65_000)).toEqual(["A"]);
  });

  it("asks a symbol that gives nothing new less often, down to every 15 s, and at once often when it does again", () => {
    const plan = new RefreshPlan(1000);
    plan.add(["A"], 0);
    const times: number[] = [];
    for (let nowMs = 0; nowMs <= 600_000; nowMs += 100) {
      if (plan.take(nowMs).length === 0) continue;
      times.push(nowMs);
      plan.answered("A", nowMs, { nextStepMs: 0, hasChanged: nowMs < 1000 || nowMs > 500_000 });
    }
    const gaps = times.slice(1).map((at, k) => at - times[k]!);
    expect(gaps[0]).toBe(1000);
    expect(Math.max(...gaps)).toBe(15_000);
    expect(gaps.at(-1)).toBe(1000);
  });

  it("asks one that fails again after 2 s, 4 s and so on, at least every minute", () => {
    const plan = new RefreshPlan(1000);
    plan.add(["A"], 0);
    const times: number[] = [];
    for (let nowMs = 0; nowMs <= 300_000; nowMs += 100) {
      if (plan.take(nowMs).length === 0) continue;
      times.push(nowMs);
      plan.failed("A", nowMs);
    }
    expect(times.slice(0, 5)).toEqual([0, 2000, 6000, 14_000, 30_000]);
    expect(times.at(-1)! - times.at(-2)!).toBe(60_000);
  });

  it("names the symbols that are gone, and takes no answer of theirs", () => {
    const plan = new RefreshPlan(10);
    plan.add(["A", "B"], 0);
    plan.take(0);
    expect(plan.keepOnly(new Set(["B"]))).toEqual(["A"]);
    plan.answered("A", 1, { nextStepMs: 2, hasChanged: true });
    plan.failed("A", 1);
    expect(plan.size).toBe(1);
  });

  it("gains no budget from a clock that was set back", () => {
    const plan = new RefreshPlan(10);
    plan.add(names(100), 0);
    expect(plan.take(100_000)).toHaveLength(10);
    expect(plan.take(50_000)).toHaveLength(0);
    expect(plan.take(50_500)).toHaveLength(5);
  });
});
