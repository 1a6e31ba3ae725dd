import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import {
  decodeTickFrame,
  encodeTickFrame,
  type FrameFault,
  isFrameFault,
  type SentSection,
  type TickSection,
} from "../../src/markets/tick-frame.ts";

const VALUE = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NaN) },
  { weight: 2, arbitrary: fc.double({ noNaN: true }) },
);
const ROWS = fc
  .array(fc.array(VALUE, { minLength: TICK_FIELDS, maxLength: TICK_FIELDS }), { maxLength: 12 })
  .map((rows) => Float64Array.from(rows.flat()));
const NAME = fc.oneof(fc.constantFrom("", "BTC-USD", "eth/usd@kraken"), fc.string({ unit: "grapheme", maxLength: 20 }));
const SECTION: fc.Arbitrary<SentSection> = fc.record(
  { name: NAME, venue: NAME, rows: ROWS },
  { noNullPrototype: true },
);
const FRAME = fc.tuple(fc.maxSafeNat(), fc.array(SECTION, { maxLength: 5 }));

/** The rows of a section's columns. */
function rowsOf({ count, columns }: TickSection): Float64Array {
  return Float64Array.from({ length: count * TICK_FIELDS }, (_, at) => {
    return columns[at % TICK_FIELDS]?.[Math.floor(at / TICK_FIELDS)] ?? NaN;
  });
}

function faultOf(bytes: Uint8Array): FrameFault {
  const decoded = decodeTickFrame(bytes);
  if (isFrameFault(decoded)) return decoded;
  throw new Error("it was read");
}

function changed(at: number, ...values: number[]): Uint8Array {
  const bytes = encodeTickFrame(7, [{ name: "A", venue: "", rows: new Float64Array(TICK_FIELDS).fill(1) }]);
  bytes.set(values, at);
  return bytes;
}

describe("a frame of ticks", () => {
  it("comes back as it was, at any place of a buffer", () => {
    const property = fc.property(FRAME, fc.nat(15), ([seq, sections], offset) => {
      const bytes = encodeTickFrame(seq, sections);
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      const decoded = decodeTickFrame(moved.subarray(offset));
      if (isFrameFault(decoded)) throw new Error(JSON.stringify(decoded));
      expect(bytes.length % 8).toBe(0);
      expect(decoded.seq).toBe(seq);
      const read = decoded.sections.map((section) => ({
        name: section.name,
        venue: section.venue,
        rows: rowsOf(section),
      }));
      expect(read).toStrictEqual(sections);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("leaves out columns without a value", () => {
    const rows = new Float64Array(2 * TICK_FIELDS).fill(NaN);
    rows[TICK_FIELDS + 7] = 5;
    // 16 bytes for the frame, 8 for the section, 8 for the name, and the columns ts and id.
    expect(encodeTickFrame(0, [{ name: "A", venue: "", rows }]).length).toBe(16 + 8 + 8 + 2 * 2 * 8);
  });

  it("is refused at every cut, and with every byte more", () => {
    fc.assert(
      fc.property(FRAME, ([seq, sections]) => {
        const bytes = encodeTickFrame(seq, sections);
        for (let length = 0; length < bytes.length; length++) faultOf(bytes.subarray(0, length));
        const longer = new Uint8Array(bytes.length + 1);
        longer.set(bytes);
        expect(faultOf(longer)).toMatchObject({ seq, field: "frame" });
      }),
      { numRuns: 50 },
    );
  });

  it("is read or refused by name, whatever its bytes are", () => {
    const WILD = fc.tuple(FRAME, fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }));
    fc.assert(
      fc.property(WILD, fc.uint8Array({ maxLength: 64 }), ([[seq, sections], changes], noise) => {
        const bytes = encodeTickFrame(seq, sections);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        for (const message of [bytes, noise]) {
          const decoded = decodeTickFrame(message);
          if (isFrameFault(decoded)) expect(Object.keys(decoded).sort()).toEqual(["expected", "field", "got", "seq"]);
          else for (const { count, columns } of decoded.sections) expect(columns[0]!.length).toBe(count);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["magic", null, "58 47 54 46", changed(0, 0x58)],
    ["version", null, "2", changed(4, 2)],
    ["flags", 7, "1", changed(5, 1)],
    ["seq", null, "1152921504606847000", changed(15, 0x10)],
    ["sections[1].bytes", 7, "136 bytes", changed(6, 2)],
    ["sections[0].columns", 7, "0x1ffe", changed(18, 0xfe)],
    ["sections[0].columns", 7, "0x3fff", changed(18, 0xff, 0x3f)],
    ["sections[0].bytes", 7, "136 bytes", changed(20, 2)],
  ])("names what is wrong: %s", (field, seq, got, bytes) => {
    expect(faultOf(bytes)).toMatchObject({ field, seq, got });
  });

  it("reads a name that is no UTF-8 as one that no symbol has", () => {
    const decoded = decodeTickFrame(changed(24, 0xff));
    expect(isFrameFault(decoded) ? decoded : decoded.sections[0]!.name).toBe("\ufffd");
  });

  it("is not written for what no frame can hold", () => {
    const rows = new Float64Array(0);
    expect(() => encodeTickFrame(-1, [])).toThrow("seq: got -1, expected a whole number from 0 to 9007199254740991");
    expect(() => encodeTickFrame(0, [{ name: "é".repeat(128), venue: "", rows }])).toThrow(
      "bytes of the name: got 256",
    );
    expect(() => encodeTickFrame(0, [{ name: "\ud800", venue: "", rows }])).toThrow("half of a character");
    expect(() => encodeTickFrame(0, [{ name: "A", venue: "", rows: new Float64Array(8) }])).toThrow("rows: got 8");
  });
});
