// Finds where the frames of a zstd file end (RFC 8878, 3.1): the decoder of Node stops behind the first one without a
// word when two lie in one piece.

const MAGIC = 0xfd2fb528;
/** `0x184D2A50` to `0x184D2A5F` begin a frame that decoders skip. */
const SKIPPABLE = 0x184d2a50;
const WINDOW_BYTES = 1;

/** Pieces of the input that never go over the end of a frame. Bytes that begin no frame stay one piece. */
export class ZstdFrames {
  private header: number[] = [];
  private step: "magic" | "frame" | "block" | "skip" | "lost" = "magic";
  private skip = 0;
  private then: "block" | "magic" = "magic";
  private hasChecksum = false;

  /** Whether the input ended behind a frame. */
  get isComplete(): boolean {
    return this.step === "magic" && this.header.length === 0;
  }

  *split(bytes: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let at = 0; at < bytes.length;) {
      if (this.step === "lost") break;
      if (this.step === "skip") {
        const count = Math.min(this.skip, bytes.length - at);
        this.skip -= count;
        at += count;
        if (this.skip === 0) this.step = this.then;
      } else {
        this.header.push(bytes[at]!);
        at += 1;
        this.readHeader();
      }
      if (this.isComplete) {
        yield bytes.subarray(from, at);
        from = at;
      }
    }
    if (from < bytes.length) yield bytes.subarray(from);
  }

  private readHeader(): void {
    const { header } = this;
    if (this.step === "magic") this.readMagic(header);
    else if (this.step === "frame") this.readFrame(header);
    else if (header.length === 3) {
      const block = littleEndian(header);
      const isLast = (block & 1) === 1;
      const isRepeated = ((block >> 1) & 3) === 1;
      const size = isRepeated ? 1 : block >> 3;
      this.pass(size + (isLast && this.hasChecksum ? 4 : 0), isLast ? "magic" : "block");
    }
  }

  private readMagic(header: readonly number[]): void {
    if (header.length === 4) {
      const magic = littleEndian(header);
      if (magic === MAGIC) [this.step, this.header] = ["frame", []];
      else if ((magic & 0xfffffff0) >>> 0 !== SKIPPABLE) this.step = "lost";
    } else if (header.length === 8) this.pass(littleEndian(header.slice(4)), "magic");
  }

  private readFrame(header: readonly number[]): void {
    const [descriptor = 0] = header;
    const isSingle = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    if (header.length < 1 + (isSingle ? 0 : WINDOW_BYTES) + dictionaryBytes + sizeBytes) return;
    this.hasChecksum = (descriptor & 4) !== 0;
    [this.step, this.header] = ["block", []];
  }

  private pass(bytes: number, then: "block" | "magic"): void {
    this.header = [];
    this.then = then;
    this.skip = bytes;
    this.step = bytes === 0 ? then : "skip";
  }
}

function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
