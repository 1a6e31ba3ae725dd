import { describe, expect, it } from "vitest";
import { HELP, parseImportOptions } from "../../../trainer/import/import-options.ts";
import { editDistance, nearestNames } from "../../../trainer/import/nearest-names.ts";
import { UserError } from "../../../trainer/run/user-error.ts";

const FEATURES = ["--features", "rv_60_over_tau,imbalance_60"];

describe("options of the import", () => {
  it("have the defaults that the help states", () => {
    expect(parseImportOptions(["import", "some/forest.onnx", ...FEATURES])).toEqual({
      file: "some/forest.onnx",
      features: ["rv_60_over_tau", "imbalance_60"],
      row: "default-1",
      stepMs: 1000,
      source: undefined,
      labelFile: undefined,
      goldenFile: undefined,
      maxDiffering: 0.01,
      threshold: 0.5,
      name: "forest",
      out: "artifacts",
    });
    for (const said of ["default: default-1", "default: 1s", "default: 0.01", "default: 0.5", "default: artifacts"]) {
      expect(HELP).toContain(said);
    }
  });

  it.each([
    ["1m", 60_000],
    ["60s", 60_000],
    ["500ms", 500],
  ])("read the step %s", (step, stepMs) => {
    expect(parseImportOptions(["import", "m.onnx", ...FEATURES, "--step", step])).toMatchObject({ stepMs });
  });

  it.each([
    [["m.onnx", ...FEATURES], /got m\.onnx, expected import MODEL\.onnx/],
    [["import", ...FEATURES], /expected import MODEL\.onnx/],
    [["import", "m.onnx"], /--features: got nothing/],
    [["import", "m.onnx", "--features", "rv_60_over_tua"], /got rv_60_over_tua, .* nearest: rv_60_over_tau, /],
    [["import", "m.onnx", "--features", "imbalance,,rv_60_over_tau"], /got an empty name/],
    [["import", "m.onnx", "--features", "imbalance,imbalance"], /got imbalance twice/],
    [["import", "m.onnx", ...FEATURES, "--row", "peer-10"], /got rv_60_over_tau, expected columns of peer-10/],
    [["import", "m.onnx", ...FEATURES, "--row", "x"], /--row: got x, expected default-1 or peer-10/],
    [["import", "m.onnx", ...FEATURES, "--step", "0s"], /--step: got 0s/],
    [["import", "m.onnx", ...FEATURES, "--step", "2h"], /--step: got 2h/],
    [["import", "m.onnx", ...FEATURES, "--source", "ask"], /--source: got ask, expected last or mid/],
    [["import", "m.onnx", ...FEATURES, "--threshold", "2"], /--threshold: got 2, expected a number from 0 to 1/],
    [["import", "m.onnx", ...FEATURES, "--max-differing", ""], /--max-differing: got /],
    [["import", "m.onnx", ...FEATURES, "--name", "../x"], /--name: got \.\.\/x/],
    [["import", "persistence.onnx", ...FEATURES], /--name: got persistence, expected another/],
    [["import", "m.onnx", ...FEATURES, "--wrong"], /--wrong/],
  ])("refuse %j", (args, message) => {
    expect(() => parseImportOptions(args)).toThrow(UserError);
    expect(() => parseImportOptions(args)).toThrow(message);
  });

  it("give the help whatever else is wrong", () => {
    expect(parseImportOptions(["--help", "--row", "x"])).toBe("help");
  });
});

describe("nearest names", () => {
  it("are the ones with the fewest edits", () => {
    expect([editDistance("rv_60", "rv_600"), editDistance("", "abc"), editDistance("kitten", "sitting")]).toEqual([
      1, 3, 3,
    ]);
    expect(nearestNames("rv_61", ["spread", "rv_600", "rv_60"], 2)).toEqual(["rv_60", "rv_600"]);
    expect(nearestNames("x", [])).toEqual([]);
  });
});
