// LZ4 frames, as Arrow files hold them: finds the blocks; a library decompresses each.
import { compressors } from "hyparquet-compressors";

const MAGIC = 0x184d2204;
const BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
/** A block begins with its size; this bit says that it is stored as it is. */
const STORED = 0x80000000;

/**
 * The bytes of a frame of independent or linked blocks.
 * @throws RangeError for what is no such frame, is cut, or was packed with a dictionary.
 */
export function lz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== MAGIC) throw new RangeError("lz4: got no frame");
  const flags = bytes[4]!;
  const isIndependent = (flags & 0x20) !== 0;
  const most = BLOCK_BYTES[(bytes[5]! >> 4) & 7];
  if (flags >> 6 !== 1 || most === undefined || (flags & 1) !== 0) throw new RangeError("lz4: got an unknown frame");
  let at = 7 + ((flags & 8) !== 0 ? 8 : 0);
  const size = (flags & 8) !== 0 ? Number(view.getBigUint64(6, true)) : undefined;
  const blocks: Uint8Array[] = [];
  for (;;) {
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) break;
    const length = head & ~STORED;
    if (at + length > bytes.length) throw new RangeError("lz4: the frame is cut");
    const block = bytes.subarray(at, at + length);
    at += length + ((flags & 0x10) !== 0 ? 4 : 0);
    if ((head & STORED) !== 0) blocks.push(block);
    else if (isIndependent || blocks.length === 0) blocks.push(unpacked(block, most));
    else throw new RangeError("lz4: got linked blocks");
  }
  const whole = Buffer.concat(blocks);
  if (size !== undefined && whole.length !== size)
    throw new RangeError(`lz4: got ${whole.length} bytes, expected ${size}`);
  return whole;
}

/** A block does not say its size; its sequences do. */
function unpacked(block: Uint8Array, most: number): Uint8Array {
  const size = blockSize(block);
  if (size > most) throw new RangeError(`lz4: got a block of ${size} bytes, expected at most ${most}`);
  return compressors.LZ4_RAW!(block, size);
}

function blockSize(block: Uint8Array): number {
  let size = 0;
  for (let at = 0; at < block.length;) {
    const token = block[at++]!;
    const extended = (nibble: number): number => {
      let length = nibble;
      for (let byte = 255; nibble === 15 && byte === 255;) {
        byte = block[at++]!;
        length += byte;
      }
      return length;
    };
    const literals = extended(token >> 4);
    at += literals;
    size += literals;
    if (at >= block.length) break;
    at += 2;
    size += 4 + extended(token & 15);
  }
  return size;
}
