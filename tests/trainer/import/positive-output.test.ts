// Which value and column of a foreign graph is the probability of a spike.
import { create } from "@bufbuild/protobuf";
import { type GraphProto, TensorProto_DataType, ValueInfoProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { positiveOutput } from "../../../trainer/import/positive-output.ts";
import { foreignModel, INT64, ints, type Node, table, texts } from "./foreign-models.ts";

const { INT32, STRING } = TensorProto_DataType;
const domain = "ai.onnx.ml";

/** As skl2onnx writes an ensemble whose members know its classes as 0 and 1. */
function stacking(members: readonly (readonly number[])[], own: object, labels = "label"): GraphProto {
  const inner = members.map((classes, i): Node => {
    const output = [`label_${i}`, `probability_${i}`];
    return { opType: "LinearClassifier", domain, input: ["x"], output, attribute: [ints("classlabels_ints", classes)] };
  });
  const nodes: Node[] = [
    ...inner,
    { opType: "Concat", input: members.map((_, i) => `probability_${i}`), output: ["both"] },
    {
      opType: "LinearClassifier",
      domain,
      input: ["both"],
      output: ["l", "p"],
      attribute: [ints("classlabels_ints", [0, 1])],
    },
    { opType: "ArgMax", input: ["p"], output: ["index"] },
    { opType: "ArrayFeatureExtractor", domain, input: ["stack_classes", "index"], output: ["result"] },
    { opType: "Reshape", input: ["result", "flat"], output: ["reshaped"] },
    { opType: "Cast", input: ["reshaped"], output: [labels] },
  ];
  const constants = [
    { name: "stack_classes", dims: [2n], ...own },
    { name: "flat", dataType: INT64, dims: [1n], int64Data: [-1n] },
  ];
  return foreignModel(nodes, [table("x", 4)], [table("label", 1, INT64), table("p", 2)], constants).graph;
}

const numbers = (...int32Data: number[]) => ({ dataType: INT32, int32Data });
const words = (...labels: string[]) => {
  return { dataType: STRING, stringData: labels.map((label) => new TextEncoder().encode(label)) };
};

describe("the column of a spike in an ensemble", () => {
  it("goes by the ensemble's own labels, whatever its members call the classes", () => {
    for (const [own, got] of [
      [numbers(1, 2), "1, 2"],
      [words("a_spike", "z_calm"), "a_spike, z_calm"],
    ] as const) {
      expect(() =>
        positiveOutput(
          stacking(
            [
              [0, 1],
              [0, 1],
            ],
            own,
          ),
        ),
      ).toThrow(`classes: got ${got}, expected 0 and 1`);
      expect(positiveOutput(stacking([[0, 1]], own), { column: 0 })).toEqual({ value: "p", column: 0 });
    }
    expect(positiveOutput(stacking([[1, 2]], numbers(0, 1)))).toEqual({ value: "p", column: 1 });
    expect(positiveOutput(stacking([[0, 1]], words("True", "False")))).toEqual({ value: "p", column: 0 });
  });

  it("is asked for where several lists of labels could be the ensemble's", () => {
    // Nothing leads from the output to a list.
    const graph = stacking([[0, 1]], numbers(1, 2), "elsewhere");
    expect(() => positiveOutput(graph)).toThrow(
      /^classes: got several lists of labels \(0, 1; 1, 2\), expected one; .* --column$/,
    );
    expect(positiveOutput(graph, { column: 0 })).toEqual({ value: "p", column: 0 });
    expect(positiveOutput(stacking([[0, 1]], numbers(0, 1), "elsewhere"))).toEqual({ value: "p", column: 1 });
  });
});

describe("outputs of one class each", () => {
  const attribute = [texts("classlabels_strings", ["0", "1"])];
  const { graph } = foreignModel(
    [{ opType: "LinearClassifier", domain, input: ["x"], output: ["label", "p"], attribute }],
    [table("x", 4)],
    [table("i0", 1), table("i1", 1)],
  );
  graph.output.unshift(create(ValueInfoProtoSchema, table("label", 1, STRING)));

  it("are chosen by --column or --output, and without them class 1 is the spike", () => {
    expect(positiveOutput(graph)).toEqual({ value: "i1", column: null });
    expect(positiveOutput(graph, { column: 1 })).toEqual({ value: "i1", column: null });
    expect(positiveOutput(graph, { column: 0 })).toEqual({ value: "i0", column: null });
    expect(positiveOutput(graph, { name: "i0" })).toEqual({ value: "i0", column: null });
    expect(() => positiveOutput(graph, { column: 2 })).toThrow("--column: got 2, expected 0 or 1");
  });
});
