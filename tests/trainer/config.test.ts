import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { parseCliOptions } from "../../trainer/run/cli-options.ts";
import { parseConfig } from "../../trainer/run/config.ts";
import { UserError } from "../../command-line/user-error.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
};
const config = (...args: string[]) => parseCliOptions(["a", ...args]).config;

describe("the configuration", () => {
  it("is the design's where nothing is said", () => {
    const { engine, evaluation, goal, imbalance, families, calibration, force, promote } = parseConfig({});
    expect(engine).toEqual(DEFAULT_ENGINE_CONFIG);
    expect(evaluation).toEqual({
      testAt: { share: 0.4 },
      folds: { count: 4 },
      minEpisodes: 10,
      leakShifts: 20,
    });
    expect([goal, imbalance, calibration]).toEqual([{ kind: "f1" }, { spikeWeight: 1, calmShare: 1 }, "auto"]);
    expect(families).toEqual("zscore,persistence,recent,threshold-only,har,logistic,forest,gbdt,blend".split(","));
    expect([force, promote]).toEqual([undefined, undefined]);
  });

  it("reads a label in parts over the default, from text or file, on the grid's price source", () => {
    const bars = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';
    const expected = { measure: "parkinson", horizonSteps: 1, windowSteps: 1440, minCount: 900, source: "mid" };
    expect(config("--step", "60s", "--source", "mid", "--label", bars).engine).toMatchObject({
      grid: { stepMs: 60_000, source: "mid", maxAgeMs: 120_000 },
      label: expected,
    });
    expect(config("--source", "mid", "--label", `@${write("label.json", bars)}`).engine.label).toMatchObject(expected);
  });

  it("takes defaults, then the file, then the command line", () => {
    const file = write("train.json", { step: "60s", folds: 12, families: ["har", "gbdt"], label: { quantile: 0.8 } });
    const found = config("--config", file, "--folds", "3");
    expect(found.engine.grid.stepMs).toBe(60_000);
    expect(found.engine.label.quantile).toBe(0.8);
    expect(found.evaluation.folds).toEqual({ count: 3 });
    expect(found.families).toEqual(["har", "gbdt"]);
  });

  it("lets an option of the command line take the place of the file's that it excludes", () => {
    const file = write("groups.json", { "test-share": 0.3, folds: 3, recall: "0.8" });
    const found = config("--config", file, "--test-from", "2025-12-06", "--fold-length", "1h", "--precision", "0.5");
    expect(found.evaluation.testAt).toEqual({ fromMs: Date.UTC(2025, 11, 6) });
    expect(found.evaluation.folds).toEqual({ lengthMs: 3_600_000 });
    expect(found.goal).toEqual({ kind: "precision", target: 0.5 });
  });

  it("accepts four goals for the threshold", () => {
    expect(config("--recall", "0.8").goal).toEqual({ kind: "recall", target: 0.8 });
    expect(config("--precision", "0.5").goal).toEqual({ kind: "precision", target: 0.5 });
    expect(config("--alert-rate", "0.05").goal).toEqual({ kind: "alert-rate", target: 0.05 });
    expect(config("--cost-fp", "1", "--cost-fn", "8").goal).toEqual({ kind: "cost", fp: 1, fn: 8 });
  });

  it.each([
    [["--step", "1w"], /--step: got 1w, expected a length of time like 60s or 2h, from 100ms to 1h/],
    [["--step", "10ms"], /--step: got 10ms/],
    [["--source", "bid"], /--source: got bid, expected last or mid/],
    [["--label", "{"], /--label \{: /],
    [["--label", "[]"], /--label \[\]: /],
    [["--label", '{"quantile":2}'], /label.quantile: got 2/],
    [["--label", '{"source":"mid"}'], /source: got "?mid"?, expected .*last/],
    [["--label", "@none.json"], /--label none.json: /],
    [["--test-share", "1"], /--test-share: got 1/],
    [["--test-from", "soon"], /--test-from: got soon/],
    [["--test-from", "2025-01-01", "--test-share", "0.5"], /--test-from and --test-share exclude each other/],
    [["--folds", "0"], /--folds: got 0, expected a whole number from 1 to 1000/],
    [["--fold-length", "1s"], /--fold-length: got 1s/],
    [["--folds", "2", "--fold-length", "1h"], /--folds and --fold-length exclude each other: give one of them/],
    [["--families", "gbdt,svm"], /--families: got svm, expected zscore, /],
    [["--calibration", "x"], /--calibration: got x/],
    [["--recall", "0.5", "--precision", "0.5"], /--recall and --precision exclude each other/],
    [["--cost-fp", "1"], /--cost-fp needs --cost-fn Y/],
    [["--spike-weight", "0"], /--spike-weight: got 0/],
    [["--calm-share", "1.1"], /--calm-share: got 1.1/],
    [["--families", "blend"], /--families: blend needs at least two of logistic, forest, gbdt, got none/],
    [["--leak-shifts", "5"], /--leak-shifts: got 5, expected 0, or a whole number from 19 to 1000/],
    [["--threads", "65"], /--threads: got 65, expected a whole number from 1 to 64/],
    [["--to", "r2://models"], /--to needs --publish/],
    [
      ["--publish", "--promote", "http://127.0.0.1", "--force", "  ", "--by", "x"],
      /--force: got a blank text, expected 1 to 200/,
    ],
    [["--seed", "x"], /--seed: got x/],
    [["--symbol", "!!"], /--symbol: got !!, expected a name like BTC-USD/],
    [["--publish", "--promote", "gateway"], /--promote: got gateway/],
    [["--promote", "http://127.0.0.1"], /--promote needs --publish/],
    [["--force", "x", "--by", "y"], /--force needs --promote URL/],
    [["--publish", "--promote", "http://127.0.0.1", "--force", "x"], /--force needs --by NAME/],
  ])("refuses %j", (args, message) => {
    expect(() => config(...args)).toThrow(UserError);
    expect(() => config(...args)).toThrow(message);
  });

  it("refuses a file that is malformed, or has unknown options or unusable values", () => {
    expect(() => config("--config", join(folder, "none.json"))).toThrow(/--config .*none.json: /);
    expect(() => config("--config", write("broken.json", "{"))).toThrow(/--config .*broken.json: /);
    expect(() => config("--config", write("list.json", []))).toThrow(/expected a JSON object of options/);
    expect(() => config("--config", write("unknown.json", { stepp: 1 }))).toThrow(/unknown option stepp/);
    expect(() => config("--config", write("value.json", { folds: null }))).toThrow(/folds: got null, expected a text/);
  });
});
