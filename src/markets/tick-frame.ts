// Ticks as one packed message: the binary frame of the sockets. This file knows the layout alone; whether a value makes
// a tick is pack-section.ts's to say. docs/sockets.md has the layout with an example.
import { TICK_FIELDS } from "../features/packed-ticks.ts";

const MAGIC = [0x56, 0x47, 0x54, 0x46] as const;
const VERSION = 1;
const HEADER_BYTES = 16;
const SECTION_HEADER_BYTES = 8;
const COLUMN_MASK = 2 ** TICK_FIELDS - 1;
const MAX_NAME_BYTES = 255;
const MAX_SECTIONS = 65_535;

/** The ticks of one symbol, packed, see `PackedTicks`; they are not checked. */
export interface SentSection {
  /** The symbol; may be `""` where the socket is that of one symbol. */
  readonly name: string;
  /** `""` without one. */
  readonly venue: string;
  readonly rows: Float64Array;
}

/** The same as columns: one a field, in the order of `PackedTicks`; `undefined` where no tick has a value. */
export interface TickSection {
  readonly name: string;
  readonly venue: string;
  readonly count: number;
  /** Views of the message where its bytes are aligned: do not write to them. */
  readonly columns: readonly (Float64Array | undefined)[];
}

export interface TickFrame {
  /** The number of the frame, from 0 to 2^53 − 1. */
  readonly seq: number;
  readonly sections: readonly TickSection[];
}

/** Why bytes are no frame. */
export interface FrameFault {
  /** The number of the frame; `null` where it could not be read. */
  readonly seq: number | null;
  readonly field: string;
  readonly got: string;
  readonly expected: string;
}

/**
 * The frame as bytes, little-endian, each block at a multiple of 8. Columns without a value are left out.
 * @throws RangeError for a number, a name or rows that no frame can have.
 */
export function encodeTickFrame(seq: number, sections: readonly SentSection[]): Uint8Array<ArrayBuffer> {
  requireRange("seq", seq, Number.MAX_SAFE_INTEGER);
  requireRange("sections", sections.length, MAX_SECTIONS);
  const parts = sections.map(partOf);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + sizeOf(part), HEADER_BYTES));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint8(4, VERSION);
  view.setUint16(6, sections.length, true);
  view.setUint32(8, seq % 2 ** 32, true);
  view.setUint32(12, Math.floor(seq / 2 ** 32), true);
  let at = HEADER_BYTES;
  for (const part of parts) at = writePart(bytes, view, at, part);
  return bytes;
}

/** Whether `decodeTickFrame` gave no frame. */
export function isFrameFault(decoded: TickFrame | FrameFault): decoded is FrameFault {
  return "field" in decoded;
}

/** The frame in a message, or its first fault. Throws nothing, whatever the bytes are. */
export function decodeTickFrame(message: Uint8Array): TickFrame | FrameFault {
  const bytes = aligned(message);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.byteLength;
  if (size < HEADER_BYTES) return { seq: null, field: "frame", got: inBytes(size), expected: "at least 16 bytes" };
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    const got = hex(bytes.subarray(0, 4));
    return { seq: null, field: "magic", got, expected: `${hex(MAGIC)}, the text VGTF` };
  }
  const version = view.getUint8(4);
  if (version !== VERSION) return { seq: null, field: "version", got: `${version}`, expected: `${VERSION}` };
  const seq = view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32;
  if (!Number.isSafeInteger(seq)) return { seq: null, field: "seq", got: `${seq}`, expected: "at most 2^53 − 1" };
  const flags = view.getUint8(5);
  if (flags !== 0) return { seq, field: "flags", got: `${flags}`, expected: "0" };
  const sections: TickSection[] = [];
  const count = view.getUint16(6, true);
  let at = HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const read = readSection(bytes, view, at);
    if ("field" in read) return { ...read, seq, field: `sections[${i}].${read.field}` };
    sections.push(read.section);
    at = read.end;
  }
  if (at !== size) return { seq, field: "frame", got: inBytes(size), expected: inBytes(at) };
  return { seq, sections };
}

interface Part {
  readonly name: Uint8Array;
  readonly venue: Uint8Array;
  readonly mask: number;
  readonly rows: Float64Array;
}

function partOf({ name, venue, rows }: SentSection): Part {
  if (rows.length % TICK_FIELDS !== 0)
    throw new RangeError(`rows: got ${rows.length} values, expected ${TICK_FIELDS} each`);
  let mask = 1;
  for (let at = 0; at < rows.length; at++) if (!Number.isNaN(rows[at]!)) mask |= 1 << (at % TICK_FIELDS);
  return { name: encodedName("name", name), venue: encodedName("venue", venue), mask, rows };
}

function sizeOf({ name, venue, mask, rows }: Part): number {
  return SECTION_HEADER_BYTES + align(name.length + venue.length) + columnsIn(mask) * (rows.length / TICK_FIELDS) * 8;
}

/** Returns where the next part begins. */
function writePart(bytes: Uint8Array<ArrayBuffer>, view: DataView, start: number, part: Part): number {
  const { name, venue, mask, rows } = part;
  const count = rows.length / TICK_FIELDS;
  view.setUint8(start, name.length);
  view.setUint8(start + 1, venue.length);
  view.setUint16(start + 2, mask, true);
  view.setUint32(start + 4, count, true);
  bytes.set(name, start + SECTION_HEADER_BYTES);
  bytes.set(venue, start + SECTION_HEADER_BYTES + name.length);
  let at = start + SECTION_HEADER_BYTES + align(name.length + venue.length);
  for (let k = 0; k < TICK_FIELDS; k++) {
    if ((mask & (1 << k)) === 0) continue;
    const column = new Float64Array(bytes.buffer, at, count);
    for (let i = 0; i < count; i++) column[i] = rows[i * TICK_FIELDS + k]!;
    at += count * 8;
  }
  return at;
}

type SectionFault = Omit<FrameFault, "seq">;

function readSection(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  start: number,
): { readonly section: TickSection; readonly end: number } | SectionFault {
  const size = bytes.byteLength;
  const cut = (end: number): SectionFault => {
    return { field: "bytes", got: inBytes(size), expected: `at least ${inBytes(end)}` };
  };
  if (start + SECTION_HEADER_BYTES > size) return cut(start + SECTION_HEADER_BYTES);
  const [nameBytes, venueBytes] = [view.getUint8(start), view.getUint8(start + 1)];
  const mask = view.getUint16(start + 2, true);
  const count = view.getUint32(start + 4, true);
  if ((mask & 1) === 0 || mask > COLUMN_MASK) {
    const expected = `bit 0 (ts), and none but the ${TICK_FIELDS} lowest`;
    return { field: "columns", got: `0x${mask.toString(16)}`, expected };
  }
  const nameAt = start + SECTION_HEADER_BYTES;
  const columnsAt = nameAt + align(nameBytes + venueBytes);
  const end = columnsAt + columnsIn(mask) * count * 8;
  if (end > size) return cut(end);
  const columns: (Float64Array | undefined)[] = [];
  for (let k = 0, at = bytes.byteOffset + columnsAt; k < TICK_FIELDS; k++) {
    const isSent = (mask & (1 << k)) !== 0;
    columns.push(isSent ? new Float64Array(bytes.buffer, at, count) : undefined);
    if (isSent) at += count * 8;
  }
  const name = decodedName(bytes.subarray(nameAt, nameAt + nameBytes));
  const venue = decodedName(bytes.subarray(nameAt + nameBytes, nameAt + nameBytes + venueBytes));
  return { section: { name, venue, count, columns }, end };
}

/** The same bytes at a multiple of 8 in their buffer. */
function aligned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isAligned = bytes.byteOffset % 8 === 0 && bytes.buffer instanceof ArrayBuffer;
  return isAligned ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** UTF-8 without `TextEncoder`, which pure code does not have. */
function encodedName(what: string, text: string): Uint8Array {
  const bytes: number[] = [];
  const escaped = escapedName(what, text);
  for (let i = 0; i < escaped.length; i++) {
    const isByte = escaped[i] === "%";
    bytes.push(isByte ? Number.parseInt(escaped.slice(i + 1, i + 3), 16) : escaped.charCodeAt(i));
    if (isByte) i += 2;
  }
  requireRange(`bytes of the ${what}`, bytes.length, MAX_NAME_BYTES);
  return Uint8Array.from(bytes);
}

function escapedName(what: string, text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new RangeError(`${what}: got half of a character, expected a text`);
  }
}

/** Bytes that are no UTF-8 give a name that no symbol has. */
function decodedName(bytes: Uint8Array): string {
  let text = "";
  let isAscii = true;
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
    if (byte >= 0x80) isAscii = false;
  }
  if (isAscii) return text;
  try {
    return decodeURIComponent(`%${hex(bytes).replaceAll(" ", "%")}`);
  } catch {
    return text.replaceAll(/[\x80-\xff]/g, "\ufffd");
  }
}

function requireRange(what: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(`${what}: got ${value}, expected a whole number from 0 to ${most}`);
}

function columnsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function hex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function inBytes(count: number): string {
  return `${count} bytes`;
}
