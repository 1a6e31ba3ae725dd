// The variable GRIDS, and the environment of one grid.
import { describe, expect, it } from "vitest";
import { bundledOf } from "../../src/settings/bundled-of.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { type Env, gridNamesOf, onGrid, parseSettings, settingsOf } from "../../src/settings.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { defaultLabelOn } from "../../src/features/label-on-grid.ts";
import { BUNDLED, BUNDLED_BARS } from "../../src/model/bundled.ts";

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
    ["1m", 'GRIDS[0]: got "1m", expected a grid such as 1s, 60s, 500ms or 60s-mid'],
    ["60s,,5s", 'GRIDS[1]: got "", expected a grid such as 1s, 60s, 500ms or 60s-mid'],
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
    ["[{}]", "GRIDS[0].step: got nothing, expected a grid such as 1s, 60s, 500ms or 60s-mid"],
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

describe("the environment of one grid", () => {
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
