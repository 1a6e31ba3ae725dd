/** Says which part of an ONNX file is not as the trainer writes it. Thrown and caught inside this folder only. */
export class NotOwnGraphError extends Error {
  override name = "NotOwnGraphError";
}

/** Throws `NotOwnGraphError` unless `isTrue`. */
export function requireOwn(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) throw new NotOwnGraphError(what);
}
