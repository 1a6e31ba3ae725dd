import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { compareScores, differences, ownModel, randomRows } from "./compare-scores.ts";

const BUNDLED = join(import.meta.dirname, "../../src/model/bundled");
const files = readdirSync(BUNDLED, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".onnx"));

describe("the own scorer of bundled models", () => {
  it("finds them", () => {
    expect(files.length).toBeGreaterThanOrEqual(10);
  });

  it.each(files)("has onnxruntime's bits of %s, row by row and in batches", async (file) => {
    const onnx = readFileSync(join(BUNDLED, file));
    const { compared, different } = await compareScores(
      onnx,
      (width) => randomRows(1200, width, file),
      [1, 2, 3, 17, 1200],
    );
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(2000);
  });

  it.each([
    ["the leaves of the bundled trees", "bars/champion.onnx", "target_weights"],
    ["the thresholds of the bundled trees", "bars/champion.onnx", "nodes_values"],
  ])("differs once %s are others by one unit in the last place", async (_, file, attribute) => {
    const onnx = readFileSync(join(BUNDLED, file));
    const changed = withOtherFloats(onnx, attribute);
    const own = ownModel(changed);
    const session = await OnnxSession.load(onnx);
    // Thresholds are met by rows of the thresholds themselves only.
    const rows = attribute === "nodes_values" ? rowsAt(onnx, own.shape.width) : randomRows(1000, own.shape.width, "x");
    const { different } = await differences(own, session, rows, [100]);
    await session.release();
    expect(different.length).toBeGreaterThan(0);
    expect((await compareScores(changed, () => rows, [100])).different).toEqual([]);
  });
});

/** Where the float32 of an attribute lie: they follow its name, each behind a byte of field 7, wire type 5. */
function floatsOf(onnx: Uint8Array, attribute: string): number[] {
  let at = Buffer.from(onnx).indexOf(attribute) + attribute.length;
  const places: number[] = [];
  while (onnx[at] === 0x3d) {
    places.push(at + 1);
    at += 5;
  }
  return places;
}

function withOtherFloats(onnx: Uint8Array, attribute: string): Uint8Array {
  const changed = Uint8Array.from(onnx);
  const view = new DataView(changed.buffer);
  for (const at of floatsOf(onnx, attribute)) {
    const value = view.getFloat32(at, true);
    if (value > 0 && value < Infinity) view.setUint32(at, view.getUint32(at, true) - 1, true);
  }
  return changed;
}

/** Rows whose cells are all one threshold. */
function rowsAt(onnx: Uint8Array, width: number): Float32Array {
  const view = new DataView(onnx.buffer, onnx.byteOffset, onnx.length);
  const thresholds = floatsOf(onnx, "nodes_values").map((at) => view.getFloat32(at, true));
  return Float32Array.from(thresholds.slice(0, 1000).flatMap((threshold) => Array<number>(width).fill(threshold)));
}
