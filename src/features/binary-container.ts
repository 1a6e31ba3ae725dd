// The binary container of stored state: a magic word, lengths, a checksum, a JSON description and arrays of numbers.
// Two formats build on it: state-buffer.ts for state that is written as a whole, page-buffer.ts for state kept in
// pages.
import { fnv1aOfWords } from "./fnv1a.ts";

/**
 * Thrown when stored bytes cannot be used; the caller rebuilds instead. The message says what was found and expected.
 */
export class StateFormatError extends Error {
  override name = "StateFormatError";
}

export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/**
 * Which words of 32 bits stand before the description, little-endian and in this order: magic, version, checksum,
 * length of the description in bytes, count of numbers. Which of them a format has is named here. The checksum covers
 * every word behind itself.
 */
export interface ContainerFormat {
  /** Name of the format in error messages. */
  readonly name: string;
  readonly magic: number;
  /** `null`: the version is in the description. */
  readonly version: number | null;
  /** Older versions that are read too. Two numbers differ in two bits at least, since no checksum covers them. */
  readonly olderVersions?: readonly number[];
  /** Whether the count of numbers is written; otherwise the description must contain the lengths of the arrays. */
  readonly hasCount: boolean;
}

/** An opened container; the numbers begin at a multiple of 8 bytes and end with the buffer. */
export interface OpenContainer {
  readonly description: unknown;
  readonly numbersAt: number;
  /** `null`: see `ContainerFormat.version`. */
  readonly version: number | null;
}

/** A new buffer with copies of the arrays, each padded to a multiple of 8 bytes. The description must be JSON. */
export function encodeContainer(
  format: ContainerFormat,
  description: unknown,
  arrays: readonly NumberArray[],
): ArrayBuffer {
  const text = asciiJson(description);
  const { checksumWord, headerBytes } = layoutOf(format);
  let at = align(headerBytes + text.length);
  const buffer = new ArrayBuffer(arrays.reduce((size, { byteLength }) => align(size + byteLength), at));
  const [words, bytes] = [new Uint32Array(buffer), new Uint8Array(buffer)];
  words[0] = format.magic;
  if (format.version !== null) words[1] = format.version;
  words[checksumWord + 1] = text.length;
  if (format.hasCount) words[checksumWord + 2] = arrays.reduce((count, { length }) => count + length, 0);
  for (let i = 0; i < text.length; i++) bytes[headerBytes + i] = text.charCodeAt(i);
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at = align(at + array.byteLength);
  }
  words[checksumWord] = fnv1aOfWords(words, checksumWord + 1);
  return buffer;
}

/**
 * Validates a container before any of it is used.
 * @throws StateFormatError naming what is wrong: size, magic, version, checksum, a description that is not JSON.
 */
export function openContainer(format: ContainerFormat, buffer: ArrayBuffer): OpenContainer {
  const { name } = format;
  const { checksumWord, headerBytes } = layoutOf(format);
  if (buffer.byteLength < headerBytes || buffer.byteLength % 8 !== 0) {
    throw new StateFormatError(`${name}: got ${buffer.byteLength} bytes, expected a header and whole numbers`);
  }
  const words = new Uint32Array(buffer);
  requireEqual(`${name} magic`, words[0], format.magic);
  const version = format.version === null ? null : words[1]!;
  if (version !== null && format.olderVersions?.includes(version) !== true) {
    requireEqual(`${name} version`, version, format.version);
  }
  const textBytes = words[checksumWord + 1]!;
  const numbersAt = align(headerBytes + textBytes);
  if (format.hasCount) requireSize(name, buffer.byteLength, numbersAt + words[checksumWord + 2]! * 8);
  if (numbersAt > buffer.byteLength) {
    throw new StateFormatError(`${name} size: got ${buffer.byteLength} bytes, expected at least ${numbersAt}`);
  }
  requireEqual(`${name} checksum`, words[checksumWord], fnv1aOfWords(words, checksumWord + 1));
  return { description: parseJson(name, new Uint8Array(buffer, headerBytes, textBytes)), numbersAt, version };
}

/** Offset of the next array after one that ends at `bytes`. */
export function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Throws `StateFormatError` unless the container's size equals the sum of its lengths. */
export function requireSize(name: string, got: number, expected: number): void {
  if (got !== expected) throw new StateFormatError(`${name} size: got ${got} bytes, expected ${expected}`);
}

function requireEqual(what: string, got: number | undefined, expected: number | null): void {
  if (got !== expected) throw new StateFormatError(`${what}: got ${got}, expected ${expected}`);
}

function layoutOf({ version, hasCount }: ContainerFormat): { checksumWord: number; headerBytes: number } {
  const checksumWord = version === null ? 1 : 2;
  return { checksumWord, headerBytes: 4 * (checksumWord + (hasCount ? 3 : 2)) };
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function parseJson(name: string, bytes: Uint8Array): unknown {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  try {
    return JSON.parse(text);
  } catch {
    throw new StateFormatError(`${name} description: got ${text.slice(0, 40)}, expected JSON`);
  }
}
