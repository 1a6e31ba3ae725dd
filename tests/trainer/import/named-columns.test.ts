import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../command-line/user-error.ts";
import { OnnxSession } from "../../../onnx/onnx-session.ts";
import type { ParsedModel } from "../../../trainer/import/parse-onnx.ts";
import { rewriteModel } from "../../../trainer/import/rewrite-model.ts";
import { DOUBLE, FLOAT, foreignModel, INT64, int, stump, table } from "./foreign-models.ts";

const NAMES = ["imbalance", "spread_over_mean_900", "jump_share_60"];

/** `imbalance − spread_over_mean_900`, each an input of its own, listed in that order. */
function difference(first = table("imbalance", 1), second = table("spread_over_mean_900", 1)): ParsedModel {
  const node = { opType: "Sub", input: ["imbalance", "spread_over_mean_900"], output: ["y"] };
  return foreignModel([node], [first, second], [table("y", 1)]);
}

async function scores(onnx: Uint8Array, rows: readonly number[], width: number): Promise<number[]> {
  const session = await OnnxSession.load(onnx);
  try {
    return [...(await session.run(Float32Array.from(rows), width))];
  } finally {
    await session.release();
  }
}

describe("a model with one input a column", () => {
  it("takes each column by its name, whatever the order of --features", async () => {
    const rows = [0.75, 0.5, 1, 0.25];
    const inOrder = rewriteModel(difference(), NAMES.slice(0, 2), {});
    expect(await scores(inOrder.onnx, rows, 2)).toEqual([0.25, 0.75]);
    const turned = rewriteModel(difference(), NAMES.slice(0, 2).reverse(), {});
    expect(await scores(turned.onnx, rows, 2)).toEqual([0, 0]);
    expect(await scores(turned.uncut, rows, 2)).toEqual([-0.25, -0.75]);
  });

  it("may mix float32 and float64 columns", async () => {
    const node = { opType: "Cast", input: ["spread_over_mean_900"], output: ["single"], attribute: [int("to", FLOAT)] };
    const sub = { opType: "Sub", input: ["imbalance", "single"], output: ["y"] };
    const inputs = [table("imbalance", 1), table("spread_over_mean_900", 1, DOUBLE)];
    const model = foreignModel([node, sub], inputs, [table("y", 1)]);
    expect(await scores(rewriteModel(model, NAMES.slice(0, 2), {}).onnx, [0.75, 0.5], 2)).toEqual([0.25]);
  });

  it("has the float64 thresholds of its trees rounded behind the concatenation", async () => {
    const concat = {
      opType: "Concat",
      input: ["imbalance", "spread_over_mean_900"],
      output: ["x"],
      attribute: [int("axis", 1)],
    };
    const inputs = [table("imbalance", 1, DOUBLE), table("spread_over_mean_900", 1, DOUBLE)];
    const tree = stump("x", "y", "BRANCH_LEQ", 0.1, 0.25, 0.75);
    const { onnx, thresholds } = rewriteModel(
      foreignModel([concat, tree], inputs, [table("y", 1)]),
      NAMES.slice(0, 2),
      {},
    );
    expect(thresholds).toEqual({ thresholds: 1, doubles: 1, rounded: 1, untouched: 0 });
    // 0.1 as float32 lies above 0.1.
    expect(await scores(onnx, [Math.fround(0.1), 0, 0.09, 0], 2)).toEqual([0.75, 0.25]);
  });

  it.each([
    [difference(), NAMES, /--features: got jump_share_60, expected only what the model takes: imbalance, spread/],
    [
      difference(),
      ["imbalance", "jump_share_60"],
      /2 named columns, of which --features lacks spread_over_mean_900; add/,
    ],
    [
      difference(table("imbalance", 2)),
      NAMES.slice(0, 2),
      /or one \[N, 1\] each, which imbalance is not; convert with one/,
    ],
    [
      difference(table("imbalance", 1, INT64)),
      NAMES.slice(0, 2),
      /input imbalance: got INT64, expected FLOAT or DOUBLE; export in float32 .*df\.astype/,
    ],
  ])("is refused when its columns are not those of --features (%#)", (model, features, message) => {
    expect(() => rewriteModel(model, features, {})).toThrow(UserError);
    expect(() => rewriteModel(model, features, {})).toThrow(message);
  });

  it("is the same artifact for the same model", () => {
    const [a, b] = [
      rewriteModel(difference(), NAMES.slice(0, 2), {}),
      rewriteModel(difference(), NAMES.slice(0, 2), {}),
    ];
    expect(a.onnx).toEqual(b.onnx);
    expect(toBinary(ModelProtoSchema, difference())).not.toEqual(a.onnx);
  });
});
