// Typed arrays of several kinds as one checked buffer: for state that is kept in pages, each written when it changed. State
// that is written as a whole goes through state-buffer.ts.
import { StateFormatError } from "./state-buffer.ts";

const MAGIC = 0x564f4c50; // "VOLP"
/** Magic, checksum, length of the description in bytes: three words of 32 bits. */
const HEADER_BYTES = 12;
const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type ArrayName = keyof typeof ARRAYS;

export type PageArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** What a page holds: numbers by name, and arrays in order. */
export interface PageContent {
  readonly numbers: Readonly<Record<string, number | string | null>>;
  readonly arrays: readonly PageArray[];
}

/** A part of some state under a name of its own; writing it again replaces it. */
export interface Page {
  readonly id: string;
  readonly bytes: ArrayBuffer;
}

/**
 * A page as bytes; the arrays are copied.
 * @param kind what the page is, with a version: another one is refused when it is read, e.g. `quality-block 1`.
 */
export function encodePage(kind: string, { numbers, arrays }: PageContent): ArrayBuffer {
  const shapes = arrays.map((array) => [nameOf(array), array.length]);
  const text = JSON.stringify([kind, numbers, shapes]).replace(
    /[^\x20-\x7e]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
  let size = align(HEADER_BYTES + text.length);
  for (const array of arrays) size = align(size + array.byteLength);
  const buffer = new ArrayBuffer(size);
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  for (let i = 0; i < text.length; i++) bytes[HEADER_BYTES + i] = text.charCodeAt(i);
  let at = align(HEADER_BYTES + text.length);
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at = align(at + array.byteLength);
  }
  words[0] = MAGIC;
  words[2] = text.length;
  words[1] = checksum(words);
  return buffer;
}

/** What `encodePage` was given. Throws `StateFormatError` for another kind or version, and for damage. */
export function decodePage(kind: string, buffer: ArrayBuffer): PageContent {
  if (buffer.byteLength < HEADER_BYTES || buffer.byteLength % 8 !== 0) {
    throw new StateFormatError(`page ${kind}: got ${buffer.byteLength} bytes, expected a header and whole numbers`);
  }
  const words = new Uint32Array(buffer);
  const length = words[2]!;
  if (words[0] !== MAGIC || words[1] !== checksum(words) || align(HEADER_BYTES + length) > buffer.byteLength) {
    throw new StateFormatError(`page ${kind}: got damaged bytes`);
  }
  let text = "";
  for (const byte of new Uint8Array(buffer, HEADER_BYTES, length)) text += String.fromCharCode(byte);
  const [found, numbers, shapes] = JSON.parse(text) as [string, PageContent["numbers"], [ArrayName, number][]];
  if (found !== kind) throw new StateFormatError(`page: got ${found}, expected ${kind}`);
  let at = align(HEADER_BYTES + length);
  const arrays = shapes.map(([name, count]) => {
    const array = new ARRAYS[name](count);
    new Uint8Array(array.buffer).set(new Uint8Array(buffer, at, array.byteLength));
    at = align(at + array.byteLength);
    return array;
  });
  return { numbers, arrays };
}

function nameOf(array: PageArray): ArrayName {
  return (Object.keys(ARRAYS) as ArrayName[]).find((name) => array instanceof ARRAYS[name])!;
}

function align(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** FNV-1a over the words after the checksum: damage to any one word always shows. */
function checksum(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 2; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}
