// The container under both formats of stored state: bytes that were written by an earlier version of this code stay
// readable and are written the same way.
import { describe, expect, it } from "vitest";
import { type ContainerFormat, encodeContainer, openContainer } from "../../src/features/binary-container.ts";
import { decodePage, encodePage } from "../../src/features/page-buffer.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { expectSameBytes } from "./engine-run.ts";

const STORED_STATE =
  "474c4f560100000023dc4c9e11000000050000007b226e616d65223a225c7530336334227d000000000000000000f83f0000000000000840" +
  "000000000000f87f00000000000000800000000000000040";
const STORED_PAGE =
  "504c4f56619ecef6720000005b22746573742031222c7b22636f756e74223a332c226e616d65223a2267725c75303066365c753030646665" +
  "72222c226e6f7468696e67223a6e756c6c7d2c5b5b227538222c335d2c5b22753136222c315d2c5b22753332222c305d2c5b22663332222c" +
  "325d2c5b22663634222c325d5d5d00000102ff0000000000ffff0000000000000000003f00000080182d4454fb210940000000000000f0ff";
const PAGE_CONTENT = {
  numbers: { count: 3, name: "größer", nothing: null },
  arrays: [
    Uint8Array.of(1, 2, 255),
    Uint16Array.of(65_535),
    Uint32Array.of(),
    Float32Array.of(0.5, -0),
    Float64Array.of(Math.PI, -Infinity),
  ],
};

const VERSIONED: ContainerFormat = { name: "thing", magic: 0x12345678, version: 2, hasCount: true };
const BARE: ContainerFormat = { name: "leaf", magic: 0x12345678, version: null, hasCount: false };

function bytesOf(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)).buffer;
}

describe("stored bytes", () => {
  it("of a state are read and written as in earlier versions", () => {
    const from = new StateReader(bytesOf(STORED_STATE));
    expect([from.header, from.version]).toEqual([{ name: "τ" }, 1]);
    expect(from.number()).toBe(1.5);
    expect([...from.arrayOfAnyLength()]).toEqual([NaN, -0, 2]);
    from.end();
    const to = new StateWriter();
    to.number(1.5);
    to.array([NaN, -0, 2]);
    const now = STORED_STATE.replace("474c4f5601", "474c4f5607");
    expectSameBytes(to.finish({ name: "τ" }), bytesOf(now));
    expect(new StateReader(bytesOf(now)).version).toBe(7);
  });

  it("of a page are read and written as in earlier versions", () => {
    expect(decodePage("test 1", bytesOf(STORED_PAGE))).toEqual({ kind: "test 1", ...PAGE_CONTENT });
    expectSameBytes(encodePage("test 1", PAGE_CONTENT), bytesOf(STORED_PAGE));
  });
});

describe.each([VERSIONED, BARE])("a container of the format $name", (format) => {
  const bytes = encodeContainer(format, { a: "ü" }, [Float64Array.of(1, 2)]);

  it("gives the description back, and where the numbers begin", () => {
    const { description, numbersAt } = openContainer(format, bytes);
    expect(description).toEqual({ a: "ü" });
    expect([...new Float64Array(bytes, numbersAt)]).toEqual([1, 2]);
  });

  it("of another magic is refused, naming both", () => {
    expect(() => openContainer({ ...format, magic: 1 }, bytes)).toThrow(
      `${format.name} magic: got ${0x12345678}, expected 1`,
    );
  });

  it("is refused whichever byte was changed", () => {
    for (let at = 0; at < bytes.byteLength; at++) {
      const damaged = new Uint8Array(bytes.slice(0));
      damaged[at]! ^= 0x10;
      expect(() => openContainer(format, damaged.buffer), `byte ${at}`).toThrow(new RegExp(`^${format.name}`));
    }
  });

  it("is refused wherever it was cut", () => {
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(() => openContainer(format, bytes.slice(0, length)), `${length} bytes`).toThrow(`${format.name}`);
    }
  });
});

describe("a container", () => {
  it("of an older version says which, before its checksum is looked at", () => {
    const older = encodeContainer({ ...VERSIONED, version: 1 }, null, []);
    expect(() => openContainer(VERSIONED, older)).toThrow("thing version: got 1, expected 2");
  });

  it("says how long it should be when numbers are missing", () => {
    const bytes = encodeContainer(VERSIONED, null, [Float64Array.of(1, 2)]);
    expect(() => openContainer(VERSIONED, bytes.slice(0, -8))).toThrow(
      `thing size: got ${bytes.byteLength - 8} bytes, expected ${bytes.byteLength}`,
    );
  });

  it("whose description is no JSON is refused though its checksum holds", () => {
    // Another format of the same magic: its count of numbers is read as the description.
    const bytes = encodeContainer({ ...VERSIONED, version: null }, null, []);
    expect(() => openContainer(BARE, bytes)).toThrow("leaf description: got");
  });
});
