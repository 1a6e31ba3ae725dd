import { describe, expect, it } from "vitest";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { confirmationsToFire, unknownReading } from "../../src/quality/alerts/rule-reading.ts";

describe("confirmations", () => {
  const needed = (falseAlarmRate: number | null, fireAfter = 2): number =>
    confirmationsToFire({ ...DEFAULT_ALERT_LIMITS.drift, fireAfter }, { ...unknownReading(""), falseAlarmRate });

  it.each([1, 2, 3])(
    "of readings at any rate are as rarely wrong as %i at 5 %%, and no more than that needs",
    (fireAfter) => {
      const promised = 0.05 ** fireAfter * (1 + 1e-6);
      for (let rate = 0.0505; rate < 0.99; rate += 0.0005) {
        const count = needed(rate, fireAfter);
        expect(rate ** count, `${count} at ${rate}`).toBeLessThanOrEqual(promised);
        expect(rate ** (count - 1), `${count} at ${rate}`).toBeGreaterThan(promised);
      }
    },
  );

  it.each([
    [0.01, 2],
    [0.05, 2],
    [0.05 + 1e-17, 2],
    [0.06, 3],
    [0.089, 3],
    [0.05 ** (2 / 3), 3],
    [0.14, 4],
    [Math.sqrt(0.05), 4],
    [1, Infinity],
    [null, 2],
  ])("at a rate of %f are %f for the rule of drift", (rate, count) => expect(needed(rate)).toBe(count));
});
