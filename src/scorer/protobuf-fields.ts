// Reads protobuf records in place. Format: protobuf.dev, "Encoding".
import { requireOwn } from "./not-own-graph.ts";

/** How the value of a field is written. */
export const WIRE = { varint: 0, bytes: 2, fixed32: 5 } as const;

/**
 * Called with each field: a `varint` as a whole number, a `fixed32` as the float32 that it is in ONNX, anything else as
 * its bytes. A varint of 2^53 or more, as negative numbers are written, comes as `NaN`.
 */
type FieldVisitor = (field: number, wire: number, number: number, bytes: Uint8Array) => void;

const NONE = new Uint8Array(0);

/** Throws `NotOwnGraphError` for bytes that end inside a field, and for wire types that ONNX has no field of. */
export function readFields(bytes: Uint8Array, visit: FieldVisitor): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readVarint(bytes, cursor);
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === WIRE.varint) {
      visit(field, wire, readVarint(bytes, cursor), NONE);
      continue;
    }
    requireOwn(wire === WIRE.bytes || wire === WIRE.fixed32, "protobuf: another wire type");
    const length = wire === WIRE.bytes ? readVarint(bytes, cursor) : 4;
    const from = cursor.at;
    cursor.at += length;
    requireOwn(cursor.at <= bytes.length, "protobuf: cut off");
    if (wire === WIRE.bytes) visit(field, wire, 0, bytes.subarray(from, cursor.at));
    else visit(field, wire, view.getFloat32(from, true), NONE);
  }
}

/** The numbers of a packed list. */
export function readPacked(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) numbers.push(readVarint(bytes, cursor));
  return numbers;
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  const first = bytes[cursor.at]!;
  if (first < 0x80) {
    cursor.at++;
    return first;
  }
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 128) {
    const byte = bytes[cursor.at++];
    requireOwn(byte !== undefined, "protobuf: cut off");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : NaN;
  }
  return NaN;
}

/** Longer than any name of the trainer's. */
const MOST_TEXT = 256;

/** A short text of ASCII characters, as all names of the trainer are. */
export function asciiText(bytes: Uint8Array): string {
  requireOwn(bytes.length <= MOST_TEXT, "text: too long");
  let text = "";
  for (const byte of bytes) {
    requireOwn(byte > 0 && byte < 0x80, "text: not ASCII");
    text += String.fromCharCode(byte);
  }
  return text;
}
