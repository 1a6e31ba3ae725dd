// `npm run bundle`: the simulator's set without recordings, that of one-minute bars with them.
import { describe, expect, it } from "vitest";
import { UserError } from "../../command-line/user-error.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import type { Gate } from "../../src/model/manifest-evaluation.ts";
import { requirePassed } from "../../trainer/bundled/bundle-bars.ts";
import type { LeakReport } from "../../trainer/run/run-report.ts";
import { parseBundleOptions } from "../../trainer/bundled/bundle-options.ts";

describe("the options of npm run bundle", () => {
  it("are none for the simulator's set", () => {
    expect(parseBundleOptions([])).toBeUndefined();
  });

  it("train bars on their grid and label, with the trainer's own options", () => {
    const bars = parseBundleOptions(["2018.csv.gz", "2019.csv.gz", "--whence", "a venue, ISC", "--families", "har"])!;
    expect(bars).toMatchObject({ files: ["2018.csv.gz", "2019.csv.gz"], whence: "a venue, ISC" });
    const { engine, families, evidence } = bars.config;
    expect(engine.grid).toEqual(gridConfig(60_000));
    expect(engine.label).toMatchObject({ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 });
    expect({ families, evidence }).toEqual({ families: ["har"], evidence: "recorded" });
  });

  it("name every setting with the value that it has, which the advice on the data stands on", () => {
    const { settings } = parseBundleOptions(["2019.csv.gz", "--whence", "a venue", "--folds", "2"])!;
    expect(settings).toMatchObject({ "min-episodes": "10", step: "60s", row: "default-2", folds: "2" });
  });

  it("take rows in horizons and the learned families where nothing else is asked for", () => {
    const { row, families } = parseBundleOptions(["2019.csv.gz", "--whence", "a venue"])!.config;
    expect(row).toBe("default-2");
    expect(families).toEqual(["logistic", "gbdt", "blend", "forest"]);
  });

  it.each([
    [["2018.csv.gz"], /^--whence TEXT is missing: the manifests say whence the data are$/],
    [["--families", "har"], /^--families: got it without FILES, expected recordings of one-minute bars with it$/],
    [["2018.csv.gz", "--whence", "x", "--step", "1s"], /^unknown option --step/],
  ])("refuse %j", (args, message) => {
    expect(() => parseBundleOptions(args)).toThrow(UserError);
    expect(() => parseBundleOptions(args)).toThrow(message);
  });
});

describe("a bundle's training", () => {
  const choice = { family: "gbdt", why: "" };
  const refused: Gate = { verdict: "refused", reasons: ["calibration_worse"], episodes: 40, gains: {} };
  const leak = (outcome: "passed" | "failed") => ({ name: "causality", outcome, detail: "", figures: {} });

  it("ships nothing of a refused model, which is no bug, and nothing after a leak, which is one", () => {
    const fault = (leaks: readonly LeakReport[], gate: Gate): unknown => {
      try {
        return requirePassed({ leaks, gate, choice });
      } catch (error) {
        return error;
      }
    };
    expect(fault([leak("passed")], { ...refused, verdict: "passed", reasons: [] })).toBeUndefined();
    expect(fault([leak("passed")], refused)).toEqual(
      new UserError("gbdt: the gate refused it for calibration_worse; nothing was written"),
    );
    const leaked = fault([leak("failed")], { ...refused, reasons: ["leak_check_failed"] });
    expect(leaked).toEqual(new Error("leak check causality: failed; nothing was written"));
    expect(leaked).not.toBeInstanceOf(UserError);
  });
});
