import { describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { parseEngineConfig } from "../../src/features/engine-config.ts";
import { DEFAULT_LABEL_SPEC, labelMinCount, labelSpecText, parseLabelSpec } from "../../src/features/label-spec.ts";
import { DEFAULT_1, PEER_10, ROWS, epsilonOf, featureMinCount, schemaText } from "../../src/features/schema.ts";

describe("schema", () => {
  it("names every column once, in rows of 33 and 10", () => {
    expect([DEFAULT_1.length, PEER_10.length]).toEqual([33, 10]);
    for (const columns of Object.values(ROWS)) {
      expect(new Set(columns.map((c) => c.name)).size).toBe(columns.length);
      expect(new Set(columns.map((c) => c.formula)).size).toBeGreaterThan(7);
    }
  });

  it("subtracts ln τ from exactly the columns that say so in their name", () => {
    for (const { name, relativeToThreshold } of [...DEFAULT_1, ...PEER_10]) {
      expect(relativeToThreshold, name).toBe(name.endsWith("_over_tau"));
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
    const texts = grids.flatMap((grid) => [schemaText("default-1", grid), schemaText("peer-10", grid)]);
    expect(new Set(texts).size).toBe(10);
    expect(schemaText("default-1", gridConfig())).toBe(texts[0]);
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
