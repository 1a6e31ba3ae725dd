import { describe, expect, it } from "vitest";
import { goalText, goalWords, type OperatingGoal, parseGoal } from "../../src/threshold/operating-goal.ts";

const GOALS: readonly OperatingGoal[] = [
  { kind: "f1" },
  { kind: "recall", target: 0.8 },
  { kind: "precision", target: 1 },
  { kind: "alert-rate", target: 1e-7 },
  { kind: "cost", fp: 1, fn: 0.5 },
  { kind: "cost", fp: 0, fn: 1e-7 },
];

describe("parseGoal", () => {
  it("reads back every goal that goalText words, also with the outcome that a manifest adds", () => {
    for (const goal of GOALS) {
      expect(parseGoal(goalText(goal))).toEqual(goal);
      expect(parseGoal(`${goalText(goal)}: precision 0.550, recall 0.586, on out-of-fold training scores`)).toEqual(
        goal,
      );
    }
  });

  it("gives nothing for texts of people, for goals that were not reached, and for targets out of range", () => {
    for (const text of [
      "",
      "imported: no goal",
      "max F1, not reached: precision none",
      "recall at least 0.8, not reached: recall 0.7",
      "recall at least 0",
      "recall at least 1.5",
      "recall at least abc",
      "least cost at 0 per false alert and 0 per missed spike",
    ]) {
      expect(parseGoal(text), text).toBeUndefined();
    }
  });

  it("is shown without its outcome", () => {
    expect(goalWords("max F1: precision 0.550")).toBe("max F1");
    expect(goalWords("as the exporter says")).toBe("as the exporter says");
  });
});
