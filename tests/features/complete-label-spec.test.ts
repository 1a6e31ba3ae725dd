import { describe, expect, it } from "vitest";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";

const LAST = gridConfig(1000, "last");

describe("completeLabelSpec", () => {
  it("keeps the default of what is not said", () => {
    expect(completeLabelSpec({}, LAST)).toEqual(DEFAULT_LABEL_SPEC);
    expect(completeLabelSpec({}, gridConfig(1000, "mid"))).toEqual({ ...DEFAULT_LABEL_SPEC, source: "mid" });
    const bars = { measure: "parkinson", horizonSteps: 1, windowSteps: 1440 };
    expect(completeLabelSpec(bars, LAST)).toEqual({ ...DEFAULT_LABEL_SPEC, ...bars, minCount: 900, quantile: 0.9 });
    expect(completeLabelSpec(DEFAULT_LABEL_SPEC, LAST)).toEqual(DEFAULT_LABEL_SPEC);
    expect(completeLabelSpec({ kind: "ratio", ratio: 2 }, LAST)).toMatchObject({ kind: "ratio", ratio: 2 });
  });

  it.each([
    [undefined, "label: got nothing, expected an object"],
    [null, "label: got null, expected an object"],
    [[], "label: got a list, expected an object"],
    [{ horizon: 1 }, "label.horizon: got an unknown field, expected some of kind, source"],
    [{ toString: 1 }, "label.toString: got an unknown field"],
    [{ horizonSteps: 0 }, "label.horizonSteps: got 0, expected a whole number from 1 to 3600"],
    [{ source: "mid" }, "label.source: got mid, expected last, the price source of the grid"],
    [{ source: "first" }, 'label.source: got "first", expected one of last, mid'],
  ])("refuses %j, naming the field", (value, message) => {
    expect(() => completeLabelSpec(value, LAST)).toThrow(message);
  });
});
