// One versioned buffer for all numeric state: a header line of JSON that says what the numbers belong to, then float64
// sections that each state their length. Reading compares what it got with what it wanted and says both; a checksum over
// everything keeps a damaged number from being believed.

const MAGIC = 0x564f4c47; // "VOLG"
const STATE_VERSION = 1;
/** Magic, version, checksum, length of the header in bytes, count of numbers: five words of 32 bits. */
const HEADER_BYTES = 20;
/** The checksum covers the words from here on. */
const CHECKED_FROM = 3;
const QUIET_NAN = 0x7ff8000000000000n;

/** Thrown when a snapshot cannot be used; the caller rebuilds instead. The message says what was found and expected. */
export class StateFormatError extends Error {
  override name = "StateFormatError";
}

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

  /** The whole state: magic, version, checksum, lengths, header JSON (ASCII), padding, float64 payload. */
  finish(header: unknown): ArrayBuffer {
    const json = asciiJson(header);
    const payloadAt = (HEADER_BYTES + json.length + 7) & ~7;
    const buffer = new ArrayBuffer(payloadAt + this.length * 8);
    const words = new Uint32Array(buffer);
    words.set([MAGIC, STATE_VERSION, 0, json.length, this.length]);
    const bytes = new Uint8Array(buffer, HEADER_BYTES, json.length);
    for (let i = 0; i < json.length; i++) bytes[i] = json.charCodeAt(i);
    const payload = new Float64Array(buffer, payloadAt, this.length);
    payload.set(this.data.subarray(0, this.length));
    uniteNaNs(payload);
    words[2] = checksum(words);
    return buffer;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const grown = new Float64Array(Math.max(this.data.length * 2, this.length + count));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }
}

/** Reads back what a `StateWriter` wrote, in the same order. Every method throws `StateFormatError` on a mismatch. */
export class StateReader {
  readonly header: unknown;
  private readonly data: Float64Array;
  private at = 0;

  constructor(buffer: ArrayBuffer) {
    if (buffer.byteLength < HEADER_BYTES || buffer.byteLength % 8 !== 0)
      throw new StateFormatError(`state: got ${buffer.byteLength} bytes, expected a header and whole numbers`);
    const words = new Uint32Array(buffer);
    const [magic, version, stored, jsonLength, length] = words as unknown as number[];
    if (magic !== MAGIC) throw new StateFormatError(`state magic: got ${magic}, expected ${MAGIC}`);
    if (version !== STATE_VERSION)
      throw new StateFormatError(`state version: got ${version}, expected ${STATE_VERSION}`);
    const payloadAt = (HEADER_BYTES + jsonLength! + 7) & ~7;
    if (payloadAt + length! * 8 !== buffer.byteLength) {
      throw new StateFormatError(`state size: got ${buffer.byteLength} bytes, expected ${payloadAt + length! * 8}`);
    }
    const computed = checksum(words);
    if (stored !== computed) throw new StateFormatError(`state checksum: got ${stored}, expected ${computed}`);
    this.header = parseHeader(new Uint8Array(buffer, HEADER_BYTES, jsonLength));
    this.data = new Float64Array(buffer, payloadAt, length);
  }

  number(): number {
    if (this.at >= this.data.length) throw new StateFormatError(`state: ends after ${this.at} numbers, expected more`);
    return this.data[this.at++]!;
  }

  /** Fills `into`, whose length must be the stored one. */
  array(into: Float64Array): void {
    const length = this.number();
    if (length !== into.length)
      throw new StateFormatError(`state section: got ${length} values, expected ${into.length}`);
    this.take(length, into);
  }

  /** A section whose length is known only to the writer. */
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

  private take(length: number, into: Float64Array): void {
    if (!(Number.isInteger(length) && length >= 0 && this.at + length <= this.data.length)) {
      throw new StateFormatError(`state: section of ${length} numbers runs past the end`);
    }
    into.set(this.data.subarray(this.at, this.at + length));
    this.at += length;
  }
}

/** Gives every `NaN` the same bits: which of them a calculation leaves behind depends on how it was compiled. */
function uniteNaNs(values: Float64Array<ArrayBuffer>): void {
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) bits[i] = QUIET_NAN;
}

/** FNV-1a over 32-bit words. Each word's step is reversible, so that damage to any one word always shows. */
function checksum(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = CHECKED_FROM; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function parseHeader(bytes: Uint8Array): unknown {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  try {
    return JSON.parse(text);
  } catch {
    throw new StateFormatError("state header: not JSON");
  }
}
