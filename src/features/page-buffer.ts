// Encodes typed arrays of several kinds as one checksummed buffer, for state kept in pages that are written when they
// change. state-buffer.ts is for state that is written as a whole.
import {
  align,
  type ContainerFormat,
  encodeContainer,
  type NumberArray,
  openContainer,
  requireSize,
  StateFormatError,
} from "./binary-container.ts";

/** Magic "VOLP"; the version is part of the page's kind, in the description. */
const FORMAT = { magic: 0x564f4c50, version: null, hasCount: false } as const;
const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type ArrayName = keyof typeof ARRAYS;

export type PageArray = NumberArray;

/** A page's content: numbers by name, and arrays in order. */
export interface PageContent {
  readonly numbers: Readonly<Record<string, number | string | null>>;
  readonly arrays: readonly PageArray[];
}

/** A named part of some state; writing it again replaces it. */
export interface Page {
  readonly id: string;
  readonly bytes: ArrayBuffer;
}

/**
 * A page as bytes; the arrays are copied.
 * @param kind the page's kind with a version, e.g. `quality-block 1`; reading refuses any other kind.
 */
export function encodePage(kind: string, { numbers, arrays }: PageContent): ArrayBuffer {
  const shapes = arrays.map((array) => [nameOf(array), array.length]);
  return encodeContainer(formatOf(kind), [kind, numbers, shapes], arrays);
}

/** Decodes a page. Throws `StateFormatError` for another kind or version, and for damaged bytes. */
export function decodePage(kind: string, buffer: ArrayBuffer): PageContent & { readonly kind: string } {
  return decodePageOf([kind], buffer);
}

/** The same for a page that may be of one of several versions. @param kinds today's first. */
export function decodePageOf(
  kinds: readonly [string, ...string[]],
  buffer: ArrayBuffer,
): PageContent & { readonly kind: string } {
  const [kind] = kinds;
  const { description, numbersAt } = openContainer(formatOf(kind), buffer);
  const [found, numbers, shapes] = checkedDescription(kind, description);
  if (!kinds.includes(found)) throw new StateFormatError(`page: got ${found}, expected ${kind}`);
  const size = shapes.reduce((at, [name, count]) => align(at + count * ARRAYS[name].BYTES_PER_ELEMENT), numbersAt);
  requireSize(`page ${kind}`, buffer.byteLength, size);
  let at = numbersAt;
  const arrays = shapes.map(([name, count]) => {
    const array = new ARRAYS[name](count);
    new Uint8Array(array.buffer).set(new Uint8Array(buffer, at, array.byteLength));
    at = align(at + array.byteLength);
    return array;
  });
  return { kind: found, numbers, arrays };
}

type Shape = readonly [name: ArrayName, count: number];

/** A checksum says that the bytes are whole, not that this version wrote them. Throws `StateFormatError`. */
function checkedDescription(
  kind: string,
  description: unknown,
): readonly [string, PageContent["numbers"], readonly Shape[]] {
  if (Array.isArray(description) && description.length === 3) {
    const [found, numbers, shapes] = description as readonly unknown[];
    const isWhole = typeof found === "string" && isNumbers(numbers) && Array.isArray(shapes) && shapes.every(isShape);
    if (isWhole) return [found, numbers, shapes];
  }
  throw new StateFormatError(`page ${kind} description: got another one, expected a kind, numbers and shapes`);
}

function isNumbers(value: unknown): value is PageContent["numbers"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => one === null || typeof one === "number" || typeof one === "string");
}

function isShape(value: unknown): value is Shape {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [name, count] = value as readonly unknown[];
  return typeof name === "string" && Object.hasOwn(ARRAYS, name) && Number.isSafeInteger(count) && Number(count) >= 0;
}

function formatOf(kind: string): ContainerFormat {
  return { name: `page ${kind}`, ...FORMAT };
}

function nameOf(array: PageArray): ArrayName {
  return (Object.keys(ARRAYS) as ArrayName[]).find((name) => array instanceof ARRAYS[name])!;
}
