import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertRule } from "../../src/quality/alerts/alert-change.ts";
import { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { alertLimitsSchema } from "../../src/quality/alerts/alert-limits.ts";
import { evidenceFacts, evidenceOf, NOW_MS, WELL } from "./alert-facts.ts";
import { uncalibrated } from "./alert-looks.ts";

const MINUTE = 60_000;
const bookOf = (limits: unknown = { calibration: { fireAfter: 3, resolveAfter: 3 } }) =>
  new AlertBook({ symbol: "BTC-USD", stepMs: 1000, limits: v.parse(alertLimitsSchema, limits) });
const statusOf = (book: AlertBook, rule: AlertRule, facts: AlertFacts, minute = 0) =>
  book.statuses(facts, NOW_MS + minute * MINUTE).find((status) => status.rule === rule)!;
const wrong = uncalibrated(0.1);
const look = (book: AlertBook, facts: AlertFacts, ...minutes: number[]) =>
  minutes.flatMap((minute) => book.update(facts, NOW_MS + minute * MINUTE));

describe("the status of a rule", () => {
  it("says by which figure and limit it does not fire", () => {
    const status = statusOf(bookOf(), "calibration", WELL);
    expect(status).toMatchObject({ state: "quiet", value: 0.002, fireAt: 0.02, resolveAt: null, sinceMs: null });
    expect(status.evidence).toEqual(evidenceOf("well"));
    expect(status.samples).toEqual([]);
    expect(status.missing).toEqual([
      "condition: the evidence of it is 12.0 of 2.9e5",
      "confirmations: 0 of 3 in a row, each at least 15 min after the one before",
    ]);
  });

  it("counts the confirmations that it has, and changes nothing by being asked", () => {
    const book = bookOf();
    look(book, wrong, 0, 15);
    const before = JSON.stringify(book);
    const status = statusOf(book, "calibration", wrong, 60);
    expect(status).toMatchObject({ state: "pending", confirmations: { have: 2, need: 3 }, sinceMs: NOW_MS });
    expect(status.missing).toEqual(["confirmations: 2 of 3 in a row, each at least 15 min after the one before"]);
    expect(JSON.stringify(book)).toBe(before);
    expect(look(book, wrong, 30)).toMatchObject([{ rule: "calibration", state: "firing" }]);
  });

  it("says which samples are too few", () => {
    const steps = statusOf(bookOf(), "error_budget", { ...WELL, errorShare: { share: 0, steps: 2 } });
    expect(steps.state).toBe("unknown");
    expect(steps.samples).toEqual([{ what: "steps", have: 2, need: 60 }]);
    expect(steps.missing[0]).toBe("figures: too few steps to judge: 2, expected 60");
    const young = { ...WELL, evidence: evidenceFacts({ referenceGain: evidenceOf("new", 4) }) };
    const groups = statusOf(bookOf(), "not_better_than_baseline", young);
    expect(groups.state).toBe("unknown");
    expect(groups.missing[0]).toBe("figures: too few groups of steps to judge: 4, expected more than 4");
  });

  it("counts down the cool-down after an alert has ended, while it is confirmed again", () => {
    const book = bookOf();
    look(book, wrong, 0, 15, 30);
    look(book, WELL, 45, 60, 75);
    look(book, wrong, 90, 105, 120);
    const status = statusOf(book, "calibration", wrong, 125);
    expect(status).toMatchObject({ state: "pending", coolDownUntilMs: NOW_MS + 135 * MINUTE });
    expect(status.missing).toEqual(["cool-down: it does not fire for another 10 min"]);
    expect(statusOf(book, "calibration", wrong, 136)).toMatchObject({ coolDownUntilMs: null, missing: [] });
  });

  it("says what a firing alert still needs to resolve", () => {
    const book = bookOf();
    look(book, wrong, 0, 15, 30);
    look(book, WELL, 45);
    expect(statusOf(book, "calibration", WELL, 46)).toMatchObject({
      state: "firing",
      confirmations: { have: 1, need: 3 },
      missing: ["confirmations: 1 of 3 in a row, each at least 15 min after the one before"],
    });
    const [condition] = statusOf(book, "calibration", wrong, 46).missing;
    expect(condition).toContain("condition: it is not well again: more spikes come than the scores promise");
    expect(statusOf(book, "calibration", wrong, 46).missing[1]).toBe("evidence: that of its end is 7.0 of 2.9e3");
  });

  it("shows a rule that is switched off as such", () => {
    const status = statusOf(bookOf({ drift: { enabled: false } }), "drift", WELL);
    expect(status).toMatchObject({ state: "off", missing: ["the rule is switched off by ALERT_RULES"] });
  });

  it("has a reason for every rule that does not fire, whether its facts are there or not", () => {
    for (const facts of [WELL, {}]) {
      const statuses = bookOf().statuses(facts, NOW_MS);
      expect(statuses.map(({ rule }) => rule)).toEqual([...ALERT_RULES]);
      for (const { rule, missing } of statuses) expect(missing, rule).not.toEqual([]);
    }
  });
});
