// The same ticks give the same bits in Node and in workerd: one constant, checked in both. It changes only when a
// definition does, and then DEFINITION_VERSION in schema.ts must be raised with it.
import { describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import { ALL_COLUMNS, DEFAULT_1, PEER_10, schemaText } from "../../src/features/schema.ts";
import { BEFORE_DEFAULT_2, contentOf, run } from "./engine-run.ts";
import { flowStream, integerStream, pack } from "./tick-stream.ts";

/** FNV-1a over the words of float64 values, every `NaN` the same. */
function hashOf(values: readonly number[], hash = 0x811c9dc5): number {
  const view = new DataView(new ArrayBuffer(8));
  for (const x of values) {
    view.setFloat64(0, Number.isNaN(x) ? NaN : x);
    if (Number.isNaN(x)) view.setUint32(0, 0x7ff80000);
    hash = Math.imul(hash ^ view.getUint32(0), 0x01000193);
    hash = Math.imul(hash ^ view.getUint32(4), 0x01000193);
  }
  return hash >>> 0;
}

/** The float32 rows handed to models, of every step. */
function modelRows(config: EngineConfig, count: number, seed: number): { rows: number; all: number; steps: number } {
  const { steps } = run(new FeatureEngine(config), pack(integerStream(count, seed)));
  const row = new Float32Array(DEFAULT_1.length + PEER_10.length);
  let rows = 0x811c9dc5;
  for (let k = 0; k < steps.count; k++) {
    steps.row("default-1", k, 0, [...DEFAULT_1.keys()], row, 0);
    steps.row("peer-10", k, 0, [...PEER_10.keys()], row, DEFAULT_1.length);
    rows = hashOf([...row], rows);
  }
  const content = contentOf(steps);
  const all = BEFORE_DEFAULT_2.reduce((hash, key) => hashOf(content[key], hash), 0x811c9dc5);
  return { rows, all, steps: steps.count };
}

const BARS: EngineConfig = {
  grid: gridConfig(60_000, "mid"),
  label: { ...DEFAULT_LABEL_SPEC, source: "mid", measure: "parkinson", horizonSteps: 1, windowSteps: 50, minCount: 9 },
};

describe("the bits of every row, threshold and label", () => {
  it("are the golden ones on the default step", () => {
    expect(modelRows(DEFAULT_ENGINE_CONFIG, 24_000, 1)).toEqual({ rows: 3805590295, all: 1032905467, steps: 9063 });
  });

  it("are the golden ones on minutes of mids", () => {
    expect(modelRows(BARS, 24_000, 2)).toEqual({ rows: 4075989193, all: 2482038704, steps: 157 });
  });

  it.each([
    [DEFAULT_ENGINE_CONFIG, 3, 2288953978],
    [BARS, 4, 2605498541],
  ])("are the golden ones of default-2, with what was traded", (config, seed, golden) => {
    const { steps } = run(new FeatureEngine(config), pack(flowStream(24_000, seed)));
    const row = new Float32Array(DEFAULT_2.length);
    let rows = 0x811c9dc5;
    for (let k = 0; k < steps.count; k++) {
      steps.row("default-2", k, 0, ALL_COLUMNS["default-2"], row, 0);
      rows = hashOf([...row], rows);
    }
    expect(rows).toBe(golden);
  });

  it("belong to this text of the schema", () => {
    const text = schemaText("default-1", gridConfig(), 60) + schemaText("peer-10", gridConfig(), 60);
    const codes = Array.from(text, (char) => char.charCodeAt(0));
    expect(text).toMatch(/^volgate features 1\n/);
    expect(hashOf(codes)).toBe(4249190229);
    const text2 = schemaText("default-2", gridConfig(), 60);
    expect(hashOf(Array.from(text2, (char) => char.charCodeAt(0)))).toBe(3803020045);
  });
});
