// Packs figure rows of a month's closed blocks without loss. Whole numbers take one byte per seven bits, runs of zeros
// two numbers, and other sums eight bytes.
import { EXACT_SUMS, RELIABILITY, ROW_WIDTH, SQUARES } from "./figure-row.ts";

const scratch = new Float64Array(1);
const scratchBytes = new Uint8Array(scratch.buffer);

/** Writes numbers into a buffer that grows. */
export class PackedWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  /** A whole number from 0 to 2^53. */
  whole(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Any float64, bit for bit. */
  float(value: number): void {
    scratch[0] = value;
    for (const byte of scratchBytes) this.byte(byte);
  }

  /** Whole numbers, most of them 0. */
  wholes(values: Float64Array, from: number, to: number): void {
    for (let i = from; i < to;) {
      this.whole(values[i]!);
      if (values[i]! > 0) {
        i += 1;
        continue;
      }
      const start = i;
      while (i < to && values[i] === 0) i += 1;
      this.whole(i - start - 1);
    }
  }

  /** The figure row that begins at `at`. */
  row(rows: Float64Array, at: number): void {
    this.wholes(rows, at, at + SQUARES);
    for (let j = 0; j < EXACT_SUMS; j++) this.float(rows[at + SQUARES + j]!);
    this.wholes(rows, at + RELIABILITY, at + ROW_WIDTH);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) {
      const grown = new Uint8Array(this.length * 2);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[this.length++] = value;
  }
}

/** Reads back what a `PackedWriter` wrote, in the same order. Throws `RangeError` if the bytes do not match. */
export class PackedReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  whole(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
    }
  }

  float(): number {
    for (let i = 0; i < 8; i++) scratchBytes[i] = this.byte();
    return scratch[0]!;
  }

  /** Overwrites `into` from `from` to `to`. */
  wholes(into: Float64Array, from: number, to: number): void {
    for (let i = from; i < to;) {
      const value = this.whole();
      into[i++] = value;
      if (value > 0) continue;
      const end = i + this.whole();
      if (end > to) throw new RangeError(`packed row: got a run of zeros up to ${end}, expected at most ${to}`);
      into.fill(0, i, end);
      i = end;
    }
  }

  row(into: Float64Array, at: number): void {
    this.wholes(into, at, at + SQUARES);
    for (let j = 0; j < EXACT_SUMS; j++) into[at + SQUARES + j] = this.float();
    this.wholes(into, at + RELIABILITY, at + ROW_WIDTH);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError(`packed row: ends after ${this.at - 1} bytes, expected more`);
    return byte;
  }
}
