// Parts of an ONNX graph as protobuf messages: nodes, small constants, and the shape of the gateway's input and output.
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";

/** A float32 value of shape [N, `columns`] with N free. */
export function floatTable(name: string, columns: number): ValueInfoProto {
  const dim = [
    { value: { case: "dimParam", value: "N" } },
    { value: { case: "dimValue", value: BigInt(columns) } },
  ] as const;
  const tensor = { elemType: TensorProto_DataType.FLOAT, shape: { dim: [...dim] } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: tensor } } });
}

/** A node of the default domain with one output, after which it is named; `ints` are its attributes. */
export function node(
  opType: string,
  input: string[],
  output: string,
  ints: Readonly<Record<string, number>> = {},
): NodeProto {
  const attribute = Object.entries(ints).map(([name, value]) =>
    create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }),
  );
  return create(NodeProtoSchema, { opType, name: `volgate_${output}`, input, output: [output], attribute });
}

/** A list of int64. */
export function integers(name: string, values: readonly number[]): TensorProto {
  const dims = [BigInt(values.length)];
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.INT64, dims, int64Data: values.map(BigInt) });
}

/** One float32 without dimensions. */
export function float(name: string, value: number): TensorProto {
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.FLOAT, floatData: [value] });
}
