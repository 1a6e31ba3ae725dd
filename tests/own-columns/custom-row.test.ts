// The row `custom` where programs and the gateway name it, and states of another declaration.
import { describe, expect, it } from "vitest";
import { CUSTOM } from "../../src/features/custom.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { declarationText } from "../../src/features/own-columns.ts";
import { OWN_COLUMNS, ROW_NAMES, ROWS, schemaText } from "../../src/features/schema.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { harForecastColumns } from "../../trainer/candidates/har.ts";
import { LEARNED_ROWS } from "../../trainer/candidates/learned-rows.ts";
import { IMPORT } from "../../trainer/import/import-options.ts";
import { ROWS_COMMAND } from "../../trainer/rows-out/rows-options.ts";
import { TRAIN } from "../../trainer/run/train-command.ts";
import { ewmaForecastColumns } from "../../trainer/volatility/log-linear.ts";
import { contentOf, expectSame, expectSameBytes, run } from "../features/engine-run.ts";
import { flowStream, pack } from "../features/tick-stream.ts";

const DECLARE = "for custom, declare columns in src/features/custom.ts";
const CALLS: readonly (() => unknown)[] = [
  () => parseCommandLine(TRAIN, ["x.csv", "--row", "custom"]),
  () => parseCommandLine(IMPORT, ["x.onnx", "--features", "imbalance", "--row", "custom"]),
  () => parseCommandLine(ROWS_COMMAND, ["x.csv", "--row", "custom", "--out", "rows"]),
];

describe.runIf(CUSTOM.length === 0)("without columns of one's own", () => {
  it("a manifest, and every program, refuse the row custom and say where to declare them", () => {
    expect(() => parseManifest({ ...logistic, row: "custom" })).toThrow(DECLARE);
    for (const call of CALLS) expect(call).toThrow(DECLARE);
    expect(ROW_NAMES).not.toContain("custom");
  });

  it("a state is the one that there was before, and one with own columns is read", () => {
    const engine = new FeatureEngine();
    run(engine, pack(flowStream(600, 3)));
    const saved = engine.save();
    expect(new StateReader(saved).header).not.toHaveProperty("own");
    const restored = FeatureEngine.load(withHeader(saved, { own: "x = ln(max(1, 2))" }, [1, 2, 3]));
    expect(restored.isFromOlderState).toBe(true);
    expectSameBytes(restored.save(), saved);
  });
});

describe.runIf(CUSTOM.length > 0)("with columns of one's own", () => {
  it("a manifest, and every program, take the row custom", () => {
    const features = [OWN_COLUMNS.at(-1)!.name, "imbalance_h1"];
    expect(parseManifest({ ...logistic, row: "custom", features, drift: null }).row).toBe("custom");
    expect(() => parseManifest({ ...logistic, row: "default-2", features, drift: null })).toThrow(
      "columns of row default-2",
    );
    for (const call of CALLS) expect(call).not.toThrow();
    expect(LEARNED_ROWS).toContain("custom");
    const names = new Set(ROWS.custom.map(({ name }) => name));
    expect([...harForecastColumns("custom")].every((name) => names.has(name))).toBe(true);
    const ownEwmas = ewmaForecastColumns("custom").filter((name) => !ewmaForecastColumns("default-2").includes(name));
    expect(ownEwmas).toEqual(["ewma_rv_h7_over_tau"]);
  });

  it("the schema has every formula, so that its hash follows the declaration", () => {
    const text = schemaText("custom", gridConfig(), 60);
    for (const { name, formula } of ROWS.custom) expect(text).toContain(`\n${name} = ${formula}\n`);
    expect(new Set(ROW_NAMES.map((row) => schemaText(row, gridConfig(), 60))).size).toBe(ROW_NAMES.length);
    expect(schemaText("default-2", gridConfig(), 60)).not.toContain("own columns");
  });

  it.each([
    ["none", undefined],
    ["others", "x = ln(max(1, 2))"],
  ])("a state of a build with %s is read: own columns begin anew, all else goes on bit for bit", (_, own) => {
    const ticks = flowStream(2400, 3);
    const [first, later] = [pack(ticks.slice(0, 1200)), pack(ticks.slice(1200))];
    const whole = new FeatureEngine();
    run(whole, first);
    const restored = FeatureEngine.load(withHeader(whole.save(), { own }, []));
    expect([restored.isFromOlderState, FeatureEngine.load(whole.save()).isFromOlderState]).toEqual([true, false]);
    expect([...restored.lastStep.own].every(Number.isNaN)).toBe(true);
    const [a, b] = [run(restored, later), run(whole, later)].map(({ steps }) => contentOf(steps));
    const others = Object.keys(a!).filter((key) => key !== "own");
    expectSame(a!, b!, others);
    const isKnown = (values: readonly number[]): boolean[] => values.slice(0, OWN_COLUMNS.length).map(Number.isFinite);
    expect(isKnown(a!.own)).not.toEqual(isKnown(b!.own));
    const afterGap = pack(ticks.map((tick) => ({ ...tick, ts: tick.ts + 3_600_000 })));
    const [c, d] = [run(restored, afterGap), run(whole, afterGap)].map(({ steps }) => contentOf(steps));
    // The first step closes what was open before the gap.
    expect(c!.own.slice(OWN_COLUMNS.length)).toEqual(d!.own.slice(OWN_COLUMNS.length));
    expect(declarationText(CUSTOM)).toContain(OWN_COLUMNS[0]!.formula);
  });
});

/** A state with another header, and more numbers at its end. */
function withHeader(state: ArrayBuffer, header: { own: string | undefined }, more: readonly number[]): ArrayBuffer {
  const from = new StateReader(state);
  const to = new StateWriter();
  const count = new Uint32Array(state)[4]!;
  for (let i = 0; i < count; i++) to.number(from.number());
  from.end();
  for (const x of more) to.number(x);
  return to.finish({ ...(from.header as object), ...header });
}
