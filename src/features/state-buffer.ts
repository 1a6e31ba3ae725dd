// Encodes state that is written as a whole as one versioned buffer: a header that describes the state, then float64
// sections with their lengths. A mismatch while reading is an error with the actual and the expected value.
import { type ContainerFormat, encodeContainer, openContainer, StateFormatError } from "./binary-container.ts";

/** The first with the statistics of `default-2`. */
export const HORIZON_STATE_VERSION = 7;
const STATE_VERSION = HORIZON_STATE_VERSION;
/**
 * Version 1 has no count of price outliers and one total of observed shares; ticks of 1 and 2 have no flow. No checksum
 * covers the version, so every two of them differ in two bits.
 */
const OLDER_VERSIONS = [1, 2, 4];
/** Magic "VOLG". */
const FORMAT: ContainerFormat = {
  name: "state",
  magic: 0x564f4c47,
  version: STATE_VERSION,
  olderVersions: OLDER_VERSIONS,
  hasCount: true,
};
const QUIET_NAN = 0x7ff8000000000000n;

/** Collects numbers and arrays in order; `finish` gives the buffer. */
export class StateWriter {
  private data = new Float64Array(4096);
  private length = 0;

  number(value: number): void {
    this.reserve(1);
    this.data[this.length++] = value;
  }

  /** Writes the length, then the values. */
  array(values: ArrayLike<number>): void {
    this.reserve(values.length + 1);
    this.data[this.length++] = values.length;
    this.data.set(values, this.length);
    this.length += values.length;
  }

  /** The whole state. */
  finish(header: unknown): ArrayBuffer {
    const written = this.data.subarray(0, this.length);
    uniteNaNs(written);
    return encodeContainer(FORMAT, header, [written]);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const grown = new Float64Array(Math.max(this.data.length * 2, this.length + count));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }
}

/** Reads the output of a `StateWriter`, in the same order. Every method throws `StateFormatError` on a mismatch. */
export class StateReader {
  readonly header: unknown;
  /** Version of the state: 1, 2, 4 or 7. */
  readonly version: number;
  private readonly data: Float64Array;
  private at = 0;

  constructor(buffer: ArrayBuffer) {
    const { description, numbersAt, version } = openContainer(FORMAT, buffer);
    this.header = description;
    this.version = version ?? STATE_VERSION;
    this.data = new Float64Array(buffer, numbersAt);
  }

  number(): number {
    if (this.at >= this.data.length) throw new StateFormatError(`state: ends after ${this.at} numbers, expected more`);
    return this.data[this.at++]!;
  }

  /** Fills `into`, whose length must equal the stored length. */
  array(into: Float64Array): void {
    const length = this.number();
    if (length !== into.length)
      throw new StateFormatError(`state section: got ${length} values, expected ${into.length}`);
    this.take(length, into);
  }

  /** Reads a section of any length. */
  arrayOfAnyLength(): Float64Array {
    const length = this.number();
    const into = new Float64Array(length >= 0 && length <= this.data.length ? length : 0);
    this.take(length, into);
    return into;
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.at !== this.data.length) {
      throw new StateFormatError(`state: ${this.data.length - this.at} numbers left over, expected 0`);
    }
  }

  /** Leaves unread what is left. */
  skipRest(): void {
    this.at = this.data.length;
  }

  private take(length: number, into: Float64Array): void {
    if (!(Number.isInteger(length) && length >= 0 && this.at + length <= this.data.length)) {
      throw new StateFormatError(`state: section of ${length} numbers runs past the end`);
    }
    into.set(this.data.subarray(this.at, this.at + length));
    this.at += length;
  }
}

/** Mutates `values`: rewrites every NaN to one bit pattern, because NaN bits depend on the compiler. */
function uniteNaNs(values: Float64Array<ArrayBuffer>): void {
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) bits[i] = QUIET_NAN;
}
