// Parses bytes from outside as an ONNX model and refuses anything else, so that later code can rely on a graph.
import { fromBinary } from "@bufbuild/protobuf";
import { type GraphProto, type ModelProto, ModelProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import { UserError } from "../../command-line/user-error.ts";

/** A model that has a graph with at least one node. */
export type ParsedModel = ModelProto & { graph: GraphProto };

/** The oldest opset whose `Cast`, `Gather`, `Max` and `Min` mean what the rewritten graph needs. */
const OLDEST_OPSET = 8;

/**
 * Reads an ONNX file. `name` is the file's name in messages.
 * Throws `UserError` for bytes that are no ONNX model, for one without nodes, with weights in other files, or with an
 * opset below `OLDEST_OPSET`.
 */
export function parseOnnx(bytes: Uint8Array, name: string): ParsedModel {
  const model = decode(bytes, name);
  const { graph } = model;
  if (graph === undefined || graph.node.length === 0 || graph.output.length === 0 || model.opsetImport.length === 0) {
    throw new UserError(`${name}: got ${bytes.length} bytes without a graph, expected an ONNX model`);
  }
  const outside = graph.initializer.find(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);
  if (outside !== undefined) {
    throw new UserError(
      `${name}: the weights ${outside.name} lie in another file, expected one file: save it as one (PyTorch: external_data=False)`,
    );
  }
  const opset = defaultOpset(model);
  if (opset !== undefined && opset < OLDEST_OPSET) {
    throw new UserError(`${name}: got opset ${opset}, expected ${OLDEST_OPSET} or newer: convert with target_opset=17`);
  }
  return model as ParsedModel;
}

/** The version of the default operator set; `undefined` when the model imports none, as one tree ensemble may. */
export function defaultOpset(model: ModelProto): number | undefined {
  const found = model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  return found === undefined ? undefined : Number(found.version);
}

function decode(bytes: Uint8Array, name: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${name}: got ${bytes.length} bytes that are no whole ONNX model (${reason})`);
  }
}
