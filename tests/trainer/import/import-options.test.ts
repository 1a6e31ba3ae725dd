import { describe, expect, it } from "vitest";
import { parseImportOptions } from "../../../trainer/import/import-options.ts";
import { UserError } from "../../../command-line/user-error.ts";

const FEATURES = ["--features", "rv_60_over_tau,imbalance_60"];

describe("options of the import", () => {
  it("have defaults", () => {
    expect(parseImportOptions(["some/forest.onnx", ...FEATURES])).toEqual({
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
  });

  it.each([
    ["1m", 60_000],
    ["60s", 60_000],
    ["500ms", 500],
  ])("read the step %s", (step, stepMs) => {
    expect(parseImportOptions(["m.onnx", ...FEATURES, "--step", step])).toMatchObject({ stepMs });
  });

  it.each([
    [["m.onnx", "n.onnx", ...FEATURES], /got n\.onnx, expected at most 1 MODEL\.onnx/],
    [[...FEATURES], /no MODEL\.onnx given/],
    [["m.onnx"], /--features LIST is missing/],
    [["m.onnx", "--features", "rv_60_over_tua"], /got rv_60_over_tua, .* nearest: rv_60_over_tau, /],
    [["m.onnx", "--features", "imbalance,,rv_60_over_tau"], /--features: got "", expected columns of default-1/],
    [["m.onnx", "--features", "imbalance,imbalance"], /got imbalance twice/],
    [["m.onnx", ...FEATURES, "--row", "peer-10"], /got rv_60_over_tau, expected columns of peer-10/],
    [["m.onnx", ...FEATURES, "--row", "x"], /--row: got x, expected one of default-1, peer-10, default-2/],
    [["m.onnx", ...FEATURES, "--step", "0s"], /--step: got 0s/],
    [["m.onnx", ...FEATURES, "--step", "2h"], /--step: got 2h/],
    [["m.onnx", ...FEATURES, "--source", "ask"], /--source: got ask, expected last or mid/],
    [["m.onnx", ...FEATURES, "--threshold", "2"], /--threshold: got 2, expected a number from 0 to 1/],
    [["m.onnx", ...FEATURES, "--max-differing", ""], /--max-differing: got ""/],
    [["m.onnx", ...FEATURES, "--name", "../x"], /--name: got \.\.\/x/],
    [["persistence.onnx", ...FEATURES], /--name: got persistence, expected another/],
  ])("refuse %j", (args, message) => {
    expect(() => parseImportOptions(args)).toThrow(UserError);
    expect(() => parseImportOptions(args)).toThrow(message);
  });
});
