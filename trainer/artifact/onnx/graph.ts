// An ONNX graph under construction: named nodes and constants, then the bytes of the file. This file handles protobuf
// only; models are left to others.
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type AttributeProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";

/** Written into every file: what onnxruntime 1.13 and later, and every common converter, read. */
export const OPSET = 17;
const ML_OPSET = 3;
const IR_VERSION = 8;
/** The domain of trees and other classical models. */
export const ML_DOMAIN = "ai.onnx.ml";

/**
 * An attribute of an operator. A whole number is an ONNX `int`, a list of them `ints`, a `Float32Array` `floats`, a
 * text `string`, a list of texts `strings`.
 */
type Attribute = number | readonly number[] | Float32Array | string | readonly string[];
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * Collects nodes in the order of computation. `node` and `constant` return the name of the value that they made, which
 * is how later nodes refer to it. The same calls give the same bytes.
 */
export class OnnxGraph {
  private readonly nodes: NodeProto[] = [];
  private readonly constants: TensorProto[] = [];
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];

  /** Declares a float32 input of shape [N, `columns`] with N free. */
  input(name: string, columns: number): string {
    this.inputs.push(batch(name, columns));
    return name;
  }

  /** Declares a value as float32 output of shape [N, `columns`]. */
  output(name: string, columns: number): void {
    this.outputs.push(batch(name, columns));
  }

  /** A float64 constant; `dims` defaults to a row [1, values.length]. */
  doubles(name: string, values: readonly number[], dims: readonly number[] = [1, values.length]): string {
    const data = new DataView(new ArrayBuffer(values.length * 8));
    values.forEach((value, i) => data.setFloat64(i * 8, value, true));
    return this.constant(name, TensorProto_DataType.DOUBLE, dims, data);
  }

  /** A list of int64, as axes and shapes are given. */
  integers(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    const data = new DataView(new ArrayBuffer(values.length * 8));
    values.forEach((value, i) => data.setBigInt64(i * 8, BigInt(value), true));
    return this.constant(name, TensorProto_DataType.INT64, dims, data);
  }

  /** One int64 without dimensions. */
  integer(name: string, value: number): string {
    return this.integers(name, [value], []);
  }

  /** Adds an operator that makes one value, and returns that value's name; `domain` defaults to ONNX's own. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Attributes = {},
    domain: "" | typeof ML_DOMAIN = "",
  ): string {
    this.nodes.push(
      create(NodeProtoSchema, {
        opType,
        ...(domain === "" ? {} : { domain }),
        name: output,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return output;
  }

  /** The finished file. `metadata` becomes `metadata_props`, in the order given. */
  encode(name: string, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
    const model = create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      opsetImport: [
        { domain: "", version: BigInt(OPSET) },
        { domain: ML_DOMAIN, version: BigInt(ML_OPSET) },
      ],
      producerName: "volgate",
      graph: { name, node: this.nodes, initializer: this.constants, input: this.inputs, output: this.outputs },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
    return toBinary(ModelProtoSchema, model);
  }

  private constant(
    name: string,
    dataType: TensorProto_DataType,
    dims: readonly number[],
    data: DataView<ArrayBuffer>,
  ): string {
    const rawData = new Uint8Array(data.buffer);
    this.constants.push(create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData }));
    return name;
  }
}

function batch(name: string, columns: number): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: TensorProto_DataType.FLOAT,
          shape: {
            dim: [{ value: { case: "dimParam", value: "N" } }, { value: { case: "dimValue", value: BigInt(columns) } }],
          },
        },
      },
    },
  });
}

const utf8 = new TextEncoder();

function attribute(name: string, value: Attribute): AttributeProto {
  const type = AttributeProto_AttributeType;
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(value) });
  if (typeof value === "string")
    return create(AttributeProtoSchema, { name, type: type.STRING, s: utf8.encode(value) });
  if (value instanceof Float32Array) {
    return create(AttributeProtoSchema, { name, type: type.FLOATS, floats: Array.from(value) });
  }
  if (isTexts(value)) {
    return create(AttributeProtoSchema, { name, type: type.STRINGS, strings: value.map((text) => utf8.encode(text)) });
  }
  return create(AttributeProtoSchema, { name, type: type.INTS, ints: value.map(BigInt) });
}

function isTexts(value: readonly number[] | readonly string[]): value is readonly string[] {
  return typeof value[0] === "string";
}
