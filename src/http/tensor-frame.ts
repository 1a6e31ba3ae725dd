// The binary tensor extension of the Open Inference Protocol: a body that is JSON followed by the bytes of tensors,
// little-endian and without padding. Which bytes are whose is in the JSON.

/** Name of the header with the length of the JSON in bytes. */
export const JSON_LENGTH_HEADER = "Inference-Header-Content-Length";

/** Bytes of one element. */
export const ELEMENT_BYTES = { FP32: 4, FP64: 8 } as const;
export type Datatype = keyof typeof ELEMENT_BYTES;

/** The two parts of a body. */
export interface TensorFrame {
  readonly json: Uint8Array;
  readonly tensors: Uint8Array;
}

/**
 * Splits a body whose JSON has `jsonBytes` bytes; the whole body is JSON when `undefined`. Nothing is copied.
 * @returns `undefined` when the body is shorter than that.
 */
export function splitFrame(body: Uint8Array, jsonBytes = body.length): TensorFrame | undefined {
  if (jsonBytes > body.length) return undefined;
  return { json: body.subarray(0, jsonBytes), tensors: body.subarray(jsonBytes) };
}

/** The body of a JSON text and tensors, and the length of its JSON in bytes. */
export function joinFrame(
  json: string,
  tensors: readonly Uint8Array[],
): { readonly body: Uint8Array; readonly jsonBytes: number } {
  const head = new TextEncoder().encode(json);
  const body = new Uint8Array(tensors.reduce((sum, tensor) => sum + tensor.length, head.length));
  body.set(head);
  let at = head.length;
  for (const tensor of tensors) {
    body.set(tensor, at);
    at += tensor.length;
  }
  return { body, jsonBytes: head.length };
}

/** The bytes of FP32 elements. */
export function encodeFloats(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * ELEMENT_BYTES.FP32));
  for (const [i, value] of values.entries()) view.setFloat32(i * ELEMENT_BYTES.FP32, value, true);
  return new Uint8Array(view.buffer);
}

/** Elements as numbers; bytes behind the last whole element are left out. */
export function decodeFloats(bytes: Uint8Array, datatype: Datatype): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = ELEMENT_BYTES[datatype];
  return Float64Array.from({ length: Math.floor(bytes.length / size) }, (_, i) =>
    datatype === "FP32" ? view.getFloat32(i * size, true) : view.getFloat64(i * size, true),
  );
}
