import { describe, expect, it } from "vitest";
import { parseOrThrow } from "../../src/schemas/parse-or-throw.ts";
import { type AlertLimits, alertLimitsSchema, DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";

function parse(value: unknown): AlertLimits {
  return parseOrThrow(alertLimitsSchema, value, { name: "rules", refuse: (text) => new RangeError(text) });
}

describe("the limits of the rules", () => {
  it("are the defaults where nothing is given", () => {
    expect(parse({})).toEqual(DEFAULT_ALERT_LIMITS);
    expect(parse({ drift: {} })).toEqual(DEFAULT_ALERT_LIMITS);
  });

  it("take what is given over the defaults of that rule alone", () => {
    const limits = parse({ drift: { fireAfter: 1, severity: "critical" }, feed_silent: { enabled: false } });
    expect(limits.drift).toEqual({ ...DEFAULT_ALERT_LIMITS.drift, fireAfter: 1, severity: "critical" });
    expect(limits.feed_silent.enabled).toBe(false);
    expect(limits.calibration).toBe(DEFAULT_ALERT_LIMITS.calibration);
    expect(parse({ not_better_than_baseline: { fireAt: -0.001 } })).toBeTruthy();
  });

  it("read a rule under its former name", () => {
    const limits = parse({ not_better_than_persistence: { fireAt: -0.001, enabled: false } });
    expect(limits).toEqual(parse({ not_better_than_baseline: { fireAt: -0.001, enabled: false } }));
    expect(limits.not_better_than_baseline.enabled).toBe(false);
  });

  it.each([
    [[], "rules: got a list, expected an object"],
    [7, "rules: got 7, expected an object"],
    [null, "rules: got null, expected an object"],
    [{ silence: {} }, "silence: got an unknown rule, expected one of pr_auc_fell, "],
    [{ drift: true }, "drift: got true, expected an object"],
    [{ drift: { fireAt: 1 } }, "drift.fireAt: got an unknown limit, expected one of enabled, severity, fireAfter, "],
    [{ drift: { fireafter: 1 } }, "drift.fireafter: got an unknown limit"],
    [{ drift: { enabled: "yes" } }, 'drift.enabled: got "yes", expected true or false'],
    [{ drift: { severity: "page" } }, 'drift.severity: got "page", expected one of info, warning, critical'],
    [{ drift: { fireAfter: 0 } }, "drift.fireAfter: got 0, expected a whole number from 1 to 1000"],
    [{ drift: { resolveAfter: 1.5 } }, "drift.resolveAfter: got 1.5, expected a whole number from 1 to 1000"],
    [{ drift: { coolDownMs: "60" } }, 'drift.coolDownMs: got "60", expected a number'],
    [{ calibration: { gapMs: null } }, "calibration.gapMs: got null, expected a number"],
    [{ drift: { gapMs: 1 } }, "drift.gapMs: got an unknown limit"],
    [{ calibration: { fireAt: -1 } }, "calibration.fireAt: got -1, expected a number from 0 on"],
    [{ pr_auc_fell: { fireAt: 0.001 } }, "pr_auc_fell.resolveAt: got 0.025, expected at most fireAt, 0.001"],
    [
      { not_better_than_baseline: { resolveAt: -0.1 } },
      "not_better_than_baseline.resolveAt: got a limit of the intervals that this rule does not compare any more, expected",
    ],
    [{ calibration: { widening: 3 } }, "calibration.widening: got a limit of the intervals that this rule does not"],
    [{ pr_auc_fell: { minEpisodes: 3 } }, "decided by evidence, see ratePerMonth in docs/operations/alerts.md"],
    [{ calibration: { ratePerMonth: 0 } }, "calibration.ratePerMonth: got 0, expected a number"],
    [{ drift: { ratePerMonth: 0.1 } }, "drift.ratePerMonth: got an unknown limit"],
    [
      { not_better_than_baseline: {}, not_better_than_persistence: {} },
      "not_better_than_persistence: got a former name beside today's, expected not_better_than_baseline alone",
    ],
  ])("refuse %j and name the field", (value, message) => {
    expect(() => parse(value)).toThrow(RangeError);
    expect(() => parse(value)).toThrow(message);
  });
});
