// `npm run bundle`: the simulator's set without recordings, that of one-minute bars with them.
import { describe, expect, it } from "vitest";
import { UserError } from "../../command-line/user-error.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
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
