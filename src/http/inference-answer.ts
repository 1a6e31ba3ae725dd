// The body of an inference answer: outputs in its JSON, or in bytes behind it.
import type { InferResponse, ResponseOutput } from "./infer-schema.ts";
import { encodeFloats, joinFrame } from "./tensor-frame.ts";

/** One output of a model for n rows. */
export interface OutputTensor {
  readonly name: string;
  /** One value a row. Only bytes can carry one that is not finite. */
  readonly values: Float32Array;
  readonly isBinary: boolean;
}

/** The body; `jsonBytes` is the length of its JSON when bytes of tensors follow, even if they are none. */
export function inferenceAnswer(
  head: Omit<InferResponse, "outputs">,
  tensors: readonly OutputTensor[],
): { readonly body: Uint8Array; readonly jsonBytes?: number } {
  const outputs = tensors.map(({ name, values, isBinary }): ResponseOutput => {
    const shape = [values.length, 1];
    const described = { name, datatype: "FP32", shape } as const;
    if (!isBinary) return { ...described, data: Array.from(values) };
    return { ...described, parameters: { binary_data_size: values.byteLength } };
  });
  const answer: InferResponse = { ...head, outputs };
  const binary = tensors.filter(({ isBinary }) => isBinary).map(({ values }) => encodeFloats(values));
  const { body, jsonBytes } = joinFrame(JSON.stringify(answer), binary);
  return binary.length === 0 ? { body } : { body, jsonBytes };
}
