// The variable GRIDS, and the environment of one grid.
import { describe, expect, it } from "vitest";
import { bundledOf } from "../../src/settings/bundled-of.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { type Env, gridNamesOf, modelGridOf, onGrid, parseSettings, settingsOf } from "../../src/settings.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { defaultLabelOn } from "../../src/features/label-on-grid.ts";
import { BUNDLED, BUNDLED_BARS, hasBundledSet } from "../../src/model/bundled.ts";

const parse = (variables: object) => parseSettings(variables as Env);
const namesOf = (variables: object) => parse(variables).furtherGrids.map(({ name }) => name);

describe("the variable GRIDS", () => {
  it("names the grids beside the default one, as names or as JSON, and may name that one too", () => {
    expect(namesOf({})).toEqual([]);
    expect(namesOf({ GRIDS: " " })).toEqual([]);
    expect(namesOf({ GRIDS: "1s" })).toEqual([]);
    for (const GRIDS of [
      "60s",
      "1s, 60s",
      '["60s"]',
      '[{"step":"60000ms"},"1s"]',
      '[{"step":"60s","source":"last"}]',
    ]) {
      expect(namesOf({ GRIDS })).toEqual(["60s"]);
    }
    expect(namesOf({ GRIDS: "60s-mid,1s-mid" })).toEqual(["60s-mid", "1s-mid"]);
    expect(namesOf({ GRIDS: "1s", STEP_MS: "500" })).toEqual(["1s"]);
    expect(namesOf({ GRIDS: '[{"step":"60s","source":"mid"}]' })).toEqual(["60s-mid"]);
  });

  it("gives each a label: its own, else the default of its grid until a champion brings one", () => {
    const label = { windowSteps: 120, minCount: 30 };
    const [own, default_] = parse({ GRIDS: JSON.stringify([{ step: "60s", label }, "300s"]) }).furtherGrids;
    expect(own).toMatchObject({ name: "60s", labelGiven: true, engine: { label, grid: gridConfig(60_000) } });
    const grid = gridConfig(300_000);
    expect(default_).toEqual({ name: "300s", labelGiven: false, engine: { grid, label: defaultLabelOn(grid) } });
  });

  it.each([
    ["1m", 'GRIDS[0]: got "1m", expected a grid such as 1s, 60s, 500ms, 60s-mid or 1s-h300s'],
    ["60s,,5s", 'GRIDS[1]: got "", expected a grid such as 1s, 60s, 500ms, 60s-mid or 1s-h300s'],
    ["60s,60000ms", 'GRIDS[1]: got "60s", expected each grid once'],
    ["1s,1s", 'GRIDS[1]: got "1s", expected each grid once'],
    [
      "1500ms",
      'GRIDS[0]: got "1500ms", expected a whole multiple of STEP_MS 1000: the default grid is the finest, because it ' +
        "judges the ticks",
    ],
    ["7200s", 'GRIDS[0]: got "7200s", expected a step of at most 3600000 ms'],
    ["2s,3s,4s,5s", "GRIDS: got 4 grids, expected at most 3 beside the default one"],
    ["{}", "GRIDS: got an object, expected a JSON list of grids, or names separated by commas"],
    ["[60", 'GRIDS: got "[60", expected a JSON list of grids, or names separated by commas'],
    ["[60]", "GRIDS[0]: got 60, expected a name or an object"],
    ["[{}]", "GRIDS[0].step: got nothing, expected a grid such as 1s, 60s, 500ms, 60s-mid or 1s-h300s"],
    ['[{"step":"60s","soruce":"mid"}]', 'GRIDS[0].soruce: got "mid", expected no field but step, source, label'],
    ['[{"step":"60s","source":"bid"}]', 'GRIDS[0].source: got "bid", expected last or mid'],
    ['[{"step":"60s-mid","source":"last"}]', "GRIDS[0].source: got last, expected mid, as its step says"],
    ['[{"step":"60s","label":{"quantile":2}}]', "GRIDS[0].label.quantile: got 2, expected a number from 0 to 1"],
    ['[{"step":"1s","label":{}}]', "GRIDS[0].label: got a label, expected none: LABEL is that of the default grid"],
  ])("is refused as %s, naming the entry", (GRIDS, message) => {
    expect(() => parse({ GRIDS })).toThrow(SettingsError);
    expect(() => parse({ GRIDS })).toThrow(message);
  });
});

describe("the variable HORIZONS", () => {
  it("names the horizons of the default grid, its own first, each further one a grid of the same steps", () => {
    const { engine, horizonsMs, furtherGrids } = parse({ HORIZONS: "60s, 300s,900s" });
    expect(engine.label).toEqual(DEFAULT_LABEL_SPEC);
    expect(horizonsMs).toEqual([60_000, 300_000, 900_000]);
    expect(furtherGrids.map(({ name }) => name)).toEqual(["1s-h300s", "1s-h900s"]);
    const grid = { ...gridConfig(1000), horizonMs: 300_000 };
    const label = { ...DEFAULT_LABEL_SPEC, horizonSteps: 300 };
    expect(furtherGrids[0]).toEqual({ name: "1s-h300s", labelGiven: false, engine: { grid, label } });
    expect(parse({ HORIZONS: "" })).toMatchObject({ horizonsMs: [], furtherGrids: [] });
    expect(namesOf({ HORIZONS: "60s,900s", GRIDS: "60s,60s-h900s" })).toEqual(["60s", "60s-h900s", "1s-h900s"]);
    expect(namesOf({ HORIZONS: "60s,300s", STEP_MS: "60000", PRICE_SOURCE: "mid" })).toEqual(["60s-mid-h300s"]);
  });

  it("gives the default label its first horizon, which LABEL must not contradict", () => {
    expect(parse({ HORIZONS: "300s" })).toMatchObject({ engine: { label: { horizonSteps: 300 } }, labelGiven: false });
    const LABEL = '{"horizonSteps":300,"quantile":0.95}';
    expect(parse({ HORIZONS: "300s,60s", LABEL }).furtherGrids[0]).toMatchObject({
      name: "1s-h60s",
      engine: { label: { horizonSteps: 60, quantile: 0.9 } },
    });
    expect(() => parse({ HORIZONS: "60s,300s", LABEL })).toThrow(
      "LABEL.horizonSteps: got 300, expected 60, the 60 s of its grid",
    );
  });

  it.each([
    ["60,300,900", 'HORIZONS[0]: got "60", expected a horizon with its unit, such as 300s or 500ms'],
    ["60s,,900s", 'HORIZONS[1]: got "", expected a horizon with its unit, such as 300s or 500ms'],
    ["[60]", 'HORIZONS[0]: got "[60]", expected a horizon with its unit, such as 300s or 500ms'],
    ["60s,60000ms", 'HORIZONS[1]: got "60000ms", expected each horizon once'],
    ["60s,1500ms", 'HORIZONS[1]: got "1500 ms", expected a whole multiple of the step 1000 ms, at most 3600000 ms'],
    ["60s,7200s", 'HORIZONS[1]: got "7200000 ms", expected a whole multiple of the step 1000 ms, at most 3600000 ms'],
    ["1s,2s,3s,4s,5s", "GRIDS and HORIZONS: got 4 grids, expected at most 3 beside the default one"],
  ])("is refused as %s, naming the entry", (HORIZONS, message) => {
    expect(() => parse({ HORIZONS })).toThrow(SettingsError);
    expect(() => parse({ HORIZONS })).toThrow(message);
  });

  it.each([
    ["1s-h60s", 'GRIDS[0]: got "1s-h60s", expected another horizon than that of the default grid 1s'],
    ["1s-h300s", 'HORIZONS[1]: got "1s-h300s", expected each grid once'],
    ["60s-h90s", 'GRIDS[0]: got "90000 ms", expected a whole multiple of the step 60000 ms, at most 216000000 ms'],
    [
      '[{"step":"1s-h120s","label":{"horizonSteps":60}}]',
      "GRIDS[0].label.horizonSteps: got 60, expected 120, the 120 s of its grid",
    ],
  ])("does not go with a grid of %s", (GRIDS, message) => {
    expect(() => parse({ HORIZONS: "60s,300s", GRIDS })).toThrow(message);
  });
});

describe("the environment of one grid", () => {
  it("of a horizon has its label and no bundled models, and the default one may be named with its own", () => {
    const env = { HORIZONS: "60s,300s", ENVIRONMENT: "test" } as unknown as Env;
    const five = onGrid(env, "1s-h300s")!;
    expect(settingsOf(five)).toMatchObject({ grid: "1s-h300s", engine: { label: { horizonSteps: 300 } } });
    expect(hasBundledSet(settingsOf(five).engine.grid)).toBe(false);
    expect(modelGridOf(five).horizonMs).toBe(300_000);
    expect(modelGridOf(env).horizonMs).toBe(60_000);
    expect(gridNamesOf(env)).toEqual(["1s", "1s-h300s"]);
    expect([onGrid(env, "1s-h60s"), onGrid(five, "1s-h60s")]).toEqual([env, env]);
    expect(onGrid({ ENVIRONMENT: "test" } as unknown as Env, "1s-h60s")).toBeUndefined();
  });

  const env = { GRIDS: "60s", ENVIRONMENT: "test" } as unknown as Env;

  it("has its step and label, and its own bundled models", () => {
    const sixty = onGrid(env, "60s")!;
    expect(settingsOf(sixty)).toMatchObject({ grid: "60s", engine: { grid: { stepMs: 60_000 } } });
    expect(bundledOf(sixty)).toBe(BUNDLED_BARS);
    expect(bundledOf(env)).toBe(BUNDLED);
    expect(gridNamesOf(sixty)).toEqual(["1s", "60s"]);
  });

  it("is one and the same each time, and that of the deployment for the default grid", () => {
    const sixty = onGrid(env, "60s")!;
    expect(onGrid(env, "60s")).toBe(sixty);
    expect(onGrid(sixty, "60s")).toBe(sixty);
    for (const name of ["1s", undefined]) expect([onGrid(env, name), onGrid(sixty, name)]).toEqual([env, env]);
    expect(onGrid(env, "5s")).toBeUndefined();
  });
});
