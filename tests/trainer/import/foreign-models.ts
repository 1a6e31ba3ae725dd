// Small foreign ONNX models in memory: whatever nodes a test wants, around one input of rows and one output.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import type { ParsedModel } from "../../../trainer/import/parse-onnx.ts";

export type Node = MessageInitShape<typeof NodeProtoSchema>;
type Attribute = MessageInitShape<typeof AttributeProtoSchema>;
type Value = MessageInitShape<typeof ValueInfoProtoSchema>;

export const { FLOAT, DOUBLE, INT64 } = TensorProto_DataType;

/** A tensor value of two dimensions. */
export function table(name: string, columns: number, elemType = FLOAT): Value {
  const dim = [
    { value: { case: "dimParam", value: "n" } },
    { value: { case: "dimValue", value: BigInt(columns) } },
  ] as const;
  return { name, type: { value: { case: "tensorType", value: { elemType, shape: { dim: [...dim] } } } } };
}

/** A model of opset 17 from `input` to `output`. */
export function foreignModel(
  node: Node[],
  input: Value[],
  output: Value[],
  initializer: MessageInitShape<typeof TensorProtoSchema>[] = [],
): ParsedModel {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: "", version: 17n },
      { domain: "ai.onnx.ml", version: 3n },
    ],
    graph: { name: "foreign", node, input, output, initializer },
  });
  return model as ParsedModel;
}

/**
 * One tree of one branch: `left` where column 0 compares with `threshold` by `mode`, else `right`. All in float64
 * tensors.
 */
export function stump(
  input: string,
  output: string,
  mode: string,
  threshold: number,
  left: number,
  right: number,
): Node {
  return {
    opType: "TreeEnsembleRegressor",
    domain: "ai.onnx.ml",
    input: [input],
    output: [output],
    attribute: [
      int("n_targets", 1),
      ints("nodes_treeids", [0, 0, 0]),
      ints("nodes_nodeids", [0, 1, 2]),
      ints("nodes_featureids", [0, 0, 0]),
      ints("nodes_truenodeids", [1, 0, 0]),
      ints("nodes_falsenodeids", [2, 0, 0]),
      texts("nodes_modes", [mode, "LEAF", "LEAF"]),
      doubleTensor("nodes_values_as_tensor", [threshold, 0, 0]),
      ints("target_treeids", [0, 0]),
      ints("target_nodeids", [1, 2]),
      ints("target_ids", [0, 0]),
      doubleTensor("target_weights_as_tensor", [left, right]),
    ],
  };
}

/** The same as the operator `TreeEnsemble` of ai.onnx.ml 5; `mode` is its number. */
export function newStump(
  input: string,
  output: string,
  mode: number,
  threshold: number,
  left: number,
  right: number,
): Node {
  const modes = { name: "nodes_modes", dataType: TensorProto_DataType.UINT8, dims: [1n], int32Data: [mode] };
  return {
    opType: "TreeEnsemble",
    domain: "ai.onnx.ml",
    input: [input],
    output: [output],
    attribute: [
      int("n_targets", 1),
      ints("tree_roots", [0]),
      ints("nodes_featureids", [0]),
      ints("nodes_truenodeids", [0]),
      ints("nodes_trueleafs", [1]),
      ints("nodes_falsenodeids", [1]),
      ints("nodes_falseleafs", [1]),
      { name: "nodes_modes", type: AttributeProto_AttributeType.TENSOR, t: modes },
      doubleTensor("nodes_splits", [threshold]),
      ints("leaf_targetids", [0, 0]),
      doubleTensor("leaf_weights", [left, right]),
    ],
  };
}

export function int(name: string, value: number): Attribute {
  return { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) };
}

export function ints(name: string, values: readonly number[]): Attribute {
  return { name, type: AttributeProto_AttributeType.INTS, ints: values.map(BigInt) };
}

export function texts(name: string, values: readonly string[]): Attribute {
  const strings = values.map((value) => new TextEncoder().encode(value));
  return { name, type: AttributeProto_AttributeType.STRINGS, strings };
}

function doubleTensor(name: string, doubleData: number[]): Attribute {
  const t = { name, dataType: DOUBLE, dims: [BigInt(doubleData.length)], doubleData };
  return { name, type: AttributeProto_AttributeType.TENSOR, t };
}
