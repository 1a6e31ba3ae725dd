import { describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { parseEngineConfig } from "../../src/features/engine-config.ts";
import { DEFAULT_LABEL_SPEC, labelMinCount, labelSpecText, parseLabelSpec } from "../../src/features/label-spec.ts";
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import {
  DEFAULT_1,
  PEER_10,
  ROW_NAMES,
  ROWS,
  epsilonOf,
  featureMinCount,
  schemaText,
} from "../../src/features/schema.ts";

describe("schema", () => {
  it("names every column once, in rows of 33, 10 and 82", () => {
    expect([DEFAULT_1.length, PEER_10.length, DEFAULT_2.length]).toEqual([33, 10, 82]);
    for (const columns of Object.values(ROWS)) {
      expect(new Set(columns.map((c) => c.name)).size).toBe(columns.length);
      expect(new Set(columns.map((c) => c.formula)).size).toBeGreaterThan(7);
    }
  });

  it("applies τ to exactly the columns that say so in their name, and as their formula says", () => {
    for (const { name, formula, relation } of [...DEFAULT_1, ...PEER_10, ...DEFAULT_2]) {
      expect(relation !== "none", name).toBe(name.endsWith("_over_tau"));
      expect([relation === "minus-ln", relation === "over"], name).toEqual([
        formula.endsWith(" - ln(tau)"),
        formula.endsWith(" / tau"),
      ]);
    }
  });

  it("has a text that differs when anything a row depends on differs", () => {
    const base = gridConfig();
    const grids = [
      base,
      gridConfig(2000),
      gridConfig(1000, "mid"),
      { ...base, maxAgeMs: 9000 },
      { ...base, gapSteps: 9 },
    ];
    const texts = grids.flatMap((grid) => ROW_NAMES.map((row) => schemaText(row, grid, 60)));
    expect(new Set(texts).size).toBe(15);
    expect(schemaText("default-1", gridConfig(), 60)).toBe(texts[0]);
  });

  it("has the horizon in the text of default-2 alone", () => {
    const ofHorizon = (horizonSteps: number) => ROW_NAMES.map((row) => schemaText(row, gridConfig(), horizonSteps));
    const [one, sixty] = [ofHorizon(1), ofHorizon(60)];
    expect(ROW_NAMES.filter((_, i) => one[i] !== sixty[i])).toEqual(["default-2"]);
  });

  it("has the documented floors and minimum counts", () => {
    expect(epsilonOf(100)).toBeCloseTo(2e-6, 18);
    expect([1, 5, 10, 60, 300].map(featureMinCount)).toEqual([3, 3, 5, 30, 60]);
    expect([1, 5, 20, 60].map(labelMinCount)).toEqual([1, 5, 19, 57]);
  });
});

describe("parseLabelSpec", () => {
  it("gives back a good spec, without fields that its kind does not have", () => {
    expect(parseLabelSpec(DEFAULT_LABEL_SPEC)).toEqual(DEFAULT_LABEL_SPEC);
    expect(parseLabelSpec({ ...DEFAULT_LABEL_SPEC, ratio: 2, note: "x" })).toEqual(DEFAULT_LABEL_SPEC);
    const ratio = { ...DEFAULT_LABEL_SPEC, kind: "ratio" as const, ratio: 2 };
    expect(parseLabelSpec(JSON.parse(JSON.stringify(ratio)))).toEqual(ratio);
  });

  it.each([
    ["kind", "spike"],
    ["source", "bid"],
    ["measure", "garch"],
    ["horizonSteps", 0],
    ["horizonSteps", 1.5],
    ["windowSteps", "3600"],
    ["minCount", 3601],
    ["quantile", 1.01],
    ["quantile", NaN],
  ])("names the field when %s is %j", (field, value) => {
    expect(() => parseLabelSpec({ ...DEFAULT_LABEL_SPEC, [field]: value })).toThrow(`label.${field}: got`);
  });

  it("requires ratio for the kind ratio, levelBps for the kind absolute, and an object in any case", () => {
    expect(() => parseLabelSpec({ ...DEFAULT_LABEL_SPEC, kind: "ratio" })).toThrow("label.ratio");
    expect(() => parseLabelSpec({ ...DEFAULT_LABEL_SPEC, kind: "absolute", levelBps: -1 })).toThrow("label.levelBps");
    for (const value of [null, undefined, 7, "x"]) expect(() => parseLabelSpec(value)).toThrow(TypeError);
  });

  it("has one text per spec", () => {
    const changes = [{}, { quantile: 0.95 }, { horizonSteps: 30 }, { source: "mid" as const }, { minCount: 10 }];
    const ratios = [2, 3].map((ratio) => ({ ...DEFAULT_LABEL_SPEC, kind: "ratio" as const, ratio }));
    const specs = [...changes.map((change) => ({ ...DEFAULT_LABEL_SPEC, ...change })), ...ratios];
    expect(new Set(specs.map(labelSpecText)).size).toBe(7);
    const more = { ...DEFAULT_LABEL_SPEC, levelBps: 3 };
    expect(labelSpecText(more)).toBe(labelSpecText(DEFAULT_LABEL_SPEC));
  });
});

describe("parseEngineConfig", () => {
  it("gives back a stored configuration", () => {
    const config = { grid: gridConfig(60_000, "mid"), label: { ...DEFAULT_LABEL_SPEC, source: "mid" as const } };
    expect(parseEngineConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it.each([
    ["grid.source", { ...gridConfig(), source: "bid" }],
    ["stepMs", { ...gridConfig(), stepMs: 0 }],
    ["grid.maxAgeMs", { ...gridConfig(), maxAgeMs: 0 }],
    ["grid.gapSteps", { ...gridConfig(), gapSteps: undefined }],
  ])("names %s when it is wrong", (field, grid) => {
    expect(() => parseEngineConfig({ grid, label: DEFAULT_LABEL_SPEC })).toThrow(field);
  });

  it("refuses what is no configuration at all", () => {
    for (const value of [null, undefined, {}, 7]) expect(() => parseEngineConfig(value)).toThrow(TypeError);
  });
});
