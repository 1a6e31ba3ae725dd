import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "../../command-line/program.ts";
import { program } from "../../feeds/parity.ts";
import { readParityOptions } from "../../feeds/parity/parity-options.ts";
import { runParity } from "../../feeds/parity/parity-run.ts";
import { placeModels } from "../../feeds/parity/place-models.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { gridName } from "../../src/features/grid-name.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { handMadeModel } from "../e2e/parity-models.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-parity-test-"));
const recording = join(folder, "empty.ndjson");
writeFileSync(recording, "");
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../../volgate.ts"), "parity", ...args], { encoding: "utf8" });

describe("npm run parity", () => {
  it.each([
    [["/nonexistent"], "parity: /nonexistent: no such file or directory, expected a recording or a folder of them"],
    [[recording], "parity: no tick in 1 file; refused: none"],
    [["--model", "/nonexistent", recording], "parity: --model /nonexistent: ENOENT"],
  ])("exits with 2 and no stack trace for %j", async (args, message) => {
    const noted: string[] = [];
    const output = { print: () => undefined, note: (line: string) => void noted.push(line) };
    expect(await runProgram(program, args, output)).toBe(2);
    expect(noted.join("\n")).toContain(message);
    expect(noted.join("\n")).not.toContain("    at ");
  });

  it("names recordings that were cut", () => {
    const cut = join(folder, "cut.ndjson.gz");
    writeFileSync(cut, gzipSync("{}\n").subarray(0, -8));
    const { status, stderr } = run(cut);
    expect(stderr).toContain(`1 of 1 files cut short, read as far as they go: ${cut}`);
    expect([status, stderr.includes("no tick in 1 file; refused: 1 unknown_form")]).toEqual([2, true]);
  });
});

describe("the options of parity", () => {
  const write = (name: string, text: string | Uint8Array): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const bars = { measure: "parkinson", horizonSteps: 1, windowSteps: 1440 };
  const BARS = { grid: gridConfig(60_000), label: { ...DEFAULT_LABEL_SPEC, ...bars } as LabelSpec };
  const bundled = (name: string, file: string) =>
    readFileSync(join(import.meta.dirname, "../../src/model/bundled", `${name}.${file}`));

  it("are the default grid and label unless they say otherwise", async () => {
    expect(await readParityOptions(["a", "b"])).toEqual({
      files: ["a", "b"],
      symbol: undefined,
      config: DEFAULT_ENGINE_CONFIG,
      grids: [],
      models: [],
      quality: false,
      reading: {},
    });
    expect(await readParityOptions(["a", "--quality"])).toMatchObject({ quality: true });
    const { grids } = await readParityOptions(["a", "--grid", "60s", "--grid", "10s-mid"]);
    expect(grids.map(({ grid }) => gridName(grid))).toEqual(["60s", "10s-mid"]);
    // The label of the bundled champion where there is one, else the default of the grid.
    expect(grids.map(({ label }) => label.measure)).toEqual(["parkinson", DEFAULT_ENGINE_CONFIG.label.measure]);
    await expect(readParityOptions(["a", "--grid", "1500ms"])).rejects.toThrow(
      "--grid 1500ms: needs a whole multiple of the step 1s, another source, or another horizon",
    );
    await expect(readParityOptions(["a", "--grid", "1m"])).rejects.toThrow("--grid: got 1m, expected a grid such as");
    const label = write("label.json", JSON.stringify(bars));
    const asked = ["a", "--step", "60s", "--label", label, "--symbol", "xbtusd"];
    expect(await readParityOptions(asked)).toMatchObject({ symbol: "XBTUSD", config: BARS });
    expect(await readParityOptions(["a", "--step", "60s", "--label", JSON.stringify(bars)])).toMatchObject({
      config: BARS,
    });
    const mid = await readParityOptions(["a", "--source", "mid"]);
    expect(mid).toMatchObject({ config: { grid: { source: "mid" }, label: { source: "mid" } } });
  });

  it("take the label of the first model, and place models under free aliases", async () => {
    const model = handMadeModel(BARS);
    write("hand/manifest.json", JSON.stringify(model.manifest));
    write("hand/model.onnx", model.onnx);
    const options = await readParityOptions(["a", "--model", join(folder, "hand"), "--step", "60s"]);
    expect(options).toEqual({
      files: ["a"],
      symbol: undefined,
      config: BARS,
      grids: [],
      models: [model],
      quality: false,
      reading: {},
    });
    const persistence = { ...model, manifest: { ...model.manifest, family: "persistence" } };
    expect([...placeModels([persistence, persistence, model], BARS)]).toEqual([
      ["champion", persistence],
      ["persistence", persistence],
      ["zscore", model],
    ]);
    expect(placeModels([], BARS).size).toBe(0);
    expect(() =>
      placeModels(
        Array.from({ length: 6 }, () => model),
        BARS,
      ),
    ).toThrow("--model: got 6, expected at most 5");
  });

  it("take the models of a further horizon by their label, and no horizon twice", async () => {
    const horizon = { ...gridConfig(1000), horizonMs: 300_000 };
    const label = { ...DEFAULT_LABEL_SPEC, horizonSteps: 300, windowSteps: 7200 };
    const model = handMadeModel({ grid: horizon, label });
    write("five/manifest.json", JSON.stringify(model.manifest));
    write("five/model.onnx", model.onnx);
    const asked = ["a", "--grid", "1s-h300s", "--grid", "1s-h900s", "--model", join(folder, "five")];
    const { config, grids } = await readParityOptions(asked);
    expect(config).toEqual(DEFAULT_ENGINE_CONFIG);
    expect(grids).toEqual([
      { grid: horizon, label },
      { grid: { ...horizon, horizonMs: 900_000 }, label: { ...DEFAULT_LABEL_SPEC, horizonSteps: 900 } },
    ]);
    const again = "--grid 1s-h60s: needs a whole multiple of the step 1s, another source, or another horizon";
    await expect(readParityOptions(["a", "--grid", "1s-h60s"])).rejects.toThrow(again);
    await expect(readParityOptions(["a", "--grid", "60s-h90s"])).rejects.toThrow(
      "--grid 60s-h90s: needs a horizon of whole steps",
    );
  });

  it("refuse a model of another grid or label before anything starts", async () => {
    const model = handMadeModel(BARS);
    const other = { ...BARS, grid: gridConfig(1000) };
    const asked = "steps of 1000 ms of the price last or another horizon; see --step, --source";
    expect(() => placeModels([model], other)).toThrow(`--model hand-made 1: made for another grid than ${asked}`);
    const label = { ...BARS.label, quantile: 0.5 };
    expect(() => placeModels([model], { ...BARS, label })).toThrow(/made for the label ".*0\.9", not ".*0\.5"$/);
    const input = { ticks: [], config: { ...DEFAULT_ENGINE_CONFIG, label } };
    await expect(runParity(input, () => undefined)).rejects.toThrow(/^--label: the bundled champion was made for "/);
  });

  it.each([
    [["a", "--step", "1500ms"], "--step: got 1500ms, expected whole seconds from 1s to 3600s"],
    [["a", "--step", "0s"], "--step: got 0s, expected whole seconds"],
    [[], "no FILES given: npm run parity -- FILES…"],
    [["a", "--symbol", "!!"], "--symbol: got !!, expected a name like BTC-USD"],
    [["a", "--source", "bid"], "--source: got bid, expected last or mid"],
    [["a", "--label", "/nonexistent"], "--label /nonexistent: ENOENT"],
    [["a", "--label", "{"], "--label {: Expected property name"],
  ])("are refused as %j", async (args, message) => {
    await expect(readParityOptions(args)).rejects.toThrow(message);
  });

  it("refuse a malformed label and a malformed folder, naming the file and what is wrong", async () => {
    const label = write("wrong.json", '{"horizon":1}');
    const given = readParityOptions(["a", "--label", label]);
    await expect(given).rejects.toThrow(`--label ${label}: label.horizon: got an unknown field`);
    write("no-manifest/manifest.json", "{}");
    write("other-onnx/manifest.json", bundled("zscore", "json"));
    write("other-onnx/model.onnx", bundled("logistic", "onnx"));
    const read = (name: string) => readParityOptions(["a", "--model", join(folder, name)]);
    await expect(read("no-manifest")).rejects.toThrow(/^--model .*: manifest.format: got nothing/);
    await expect(read("other-onnx")).rejects.toThrow(/: model.onnx: got SHA-256 [0-9a-f]{64}, the manifest says /);
  });
});
