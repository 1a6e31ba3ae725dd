// A hash of what a request says of one symbol: it tells a batch that is sent again from other ticks under its number.
import { FNV1A_START, fnv1aAfterText, fnv1aStep } from "../features/fnv1a.ts";

/** The hash of no message. */
export const NO_CONTENT = FNV1A_START;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/**
 * The hash after one more message, from 0 to 2^32 − 1: FNV-1a of its names and values as they were sent. It does not
 * depend on whether the message is accepted. An array or object within is only named. Not secure against chosen input.
 */
export function hashWithMessage(hash: number, message: object): number {
  const fields = message as Readonly<Record<string, unknown>>;
  for (const name in fields) hash = withValue(fnv1aAfterText(hash, name), fields[name]);
  return fnv1aStep(hash, -2) >>> 0;
}

/** The same of columns of numbers: which there are, and the bits of each value. */
export function hashWithColumns(hash: number, columns: readonly (Float64Array | undefined)[]): number {
  let hashed = hash;
  for (let k = 0; k < columns.length; k++) {
    const column = columns[k];
    if (column === undefined) continue;
    hashed = fnv1aStep(hashed, k);
    const bits = new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
    for (let i = 0; i < bits.length; i++) hashed = fnv1aStep(hashed, bits[i]!);
  }
  return fnv1aStep(hashed, -2) >>> 0;
}

function withValue(hash: number, value: unknown): number {
  if (typeof value === "string") return fnv1aAfterText(hash, value);
  if (typeof value !== "number") return fnv1aAfterText(hash, typeof value === "object" && value ? "{}" : String(value));
  number[0] = value;
  return fnv1aStep(fnv1aStep(hash, words[0]!), words[1]!);
}
