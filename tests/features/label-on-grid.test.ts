import { describe, expect, it } from "vitest";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { defaultLabelOn, labelGridFault } from "../../src/features/label-on-grid.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { thresholdMaxAgeMs } from "../../src/features/threshold-age.ts";

const DAY_MS = 86_400_000;
const MINUTE = gridConfig(60_000);

describe("defaultLabelOn", () => {
  it.each([
    [1000, 3600, 900],
    [60_000, 3600, 900],
    [720_000, 3600, 900],
    [900_000, 2880, 720],
    [3_600_000, 720, 180],
  ])("at steps of %i ms has a window of %i values, %i at least", (stepMs, windowSteps, minCount) => {
    expect(defaultLabelOn(gridConfig(stepMs))).toEqual({ ...DEFAULT_LABEL_SPEC, windowSteps, minCount });
    expect(thresholdMaxAgeMs({ windowSteps }, stepMs)).toBeGreaterThanOrEqual(windowSteps * stepMs);
  });

  it.each([
    [1000, 100, 25],
    [1000, 899, 225],
    [1000, 900, 900],
    [3_600_000, 100, 25],
    [3_600_000, 400, 180],
    [1000, 1, 1],
  ])("at steps of %i ms with a given window of %i values needs %i", (stepMs, windowSteps, minCount) => {
    for (const kind of [{}, { kind: "ratio", ratio: 2 }, { kind: "absolute", levelBps: 50 }]) {
      expect(completeLabelSpec({ ...kind, windowSteps }, gridConfig(stepMs))).toMatchObject({ windowSteps, minCount });
    }
  });

  it.each([
    [1000, {}, 15, 100_000, 520],
    [60_000, {}, 15, 20_160, 105],
    [60_000, { slotMinutes: 60 }, 60, 20_160, 420],
    [60_000, { windowSteps: 2880 }, 15, 2880, 15],
    [300_000, {}, 15, 5760, 30],
    [2_400_000, {}, 40, 2160, 30],
    [3_600_000, {}, 60, 1440, 30],
  ])("of a time of day at steps of %i ms with %j has slots of %i minutes", (stepMs, more, slot, window, least) => {
    const label = completeLabelSpec({ kind: "time-of-day-quantile", ...more }, gridConfig(stepMs));
    expect(label).toMatchObject({ slotMinutes: slot, windowSteps: window, minCount: least, quantile: 0.9 });
  });
});

describe("completeLabelSpec on a grid", () => {
  const daily = { kind: "time-of-day-quantile" };
  it.each([
    [
      500,
      daily,
      "label.windowSteps: got 100000, expected at least 172800, a day at a step of 0.5 s; a window has at most",
    ],
    [60_000, { ...daily, windowSteps: 1439 }, "label.windowSteps: got 1439, expected at least 1440, a day at a step"],
    [3_600_000, { ...daily, slotMinutes: 15 }, "label.slotMinutes: got 15, expected at least 60 at a step of 3600 s"],
    [60_000, { ...daily, slotMinutes: 7 }, "label.slotMinutes: got 7, expected a divisor of the day's 1440"],
    [
      60_000,
      { ...daily, slotMinutes: 100_000 },
      "label.slotMinutes: got 100000, expected a whole number from 1 to 1440",
    ],
    [60_000, { ...daily, slotMinutes: 1441 }, "label.slotMinutes: got 1441, expected a whole number from 1 to 1440"],
    [60_000, { ...daily, slotMinutes: "15" }, 'label.slotMinutes: got "15", expected a whole number from 1 to 1440'],
    [60_000, { ...daily, windowSteps: 1e9 }, "label.windowSteps: got 1000000000, expected a whole number from 1 to"],
    [1000, { windowSteps: 0 }, "label.windowSteps: got 0, expected a whole number from 1 to 100000"],
    [1000, { windowSteps: 100, minCount: 101 }, "label.minCount: got 101, expected at most windowSteps 100"],
    [60_000, { ...daily, slotMinutes: 0 }, "label.slotMinutes: got 0, expected a whole number from 1 to 1440"],
    [
      60_000,
      { ...daily, windowSteps: 2880, minCount: 31 },
      "label.minCount: got 31, expected at most 30, what a window",
    ],
    [3_600_000, { windowSteps: 9000, minCount: 9000 }, "label.minCount: got 9000, expected at most 8784, a year at"],
    [1000, { kind: "absolute", levelBps: 0.01 }, "label.levelBps: got 0.01, expected more than 0.0155, ε of a horizon"],
    [1000, { kind: "ratio", ratio: 0 }, "label.ratio: got 0, expected more than 0"],
  ])("at steps of %i ms refuses %j, which could never have a threshold", (stepMs, value, message) => {
    expect(() => completeLabelSpec(value, gridConfig(stepMs))).toThrow(message);
  });

  it("finds nothing wrong with what the defaults and the bundled models have", () => {
    const whole: LabelSpec[] = [
      DEFAULT_LABEL_SPEC,
      defaultLabelOn(MINUTE),
      { ...DEFAULT_LABEL_SPEC, windowSteps: 1e5 },
    ];
    for (const label of whole) expect(labelGridFault(label, MINUTE, "label")).toBeUndefined();
    expect(labelGridFault({ ...DEFAULT_LABEL_SPEC, source: "mid" }, MINUTE, "label")).toContain(
      "label.source: got mid",
    );
    expect(366 * DAY_MS).toBe(8784 * 3_600_000);
  });
});
