// Mutations of bytes: flips, cuts, copies, and the lengths and numbers that a format has at its limits.
import type { InputRandom } from "../input-random.ts";

const WORDS = [0, 1, 2, 7, 8, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const DOUBLES = [NaN, Infinity, -Infinity, 0, -0, -1, 1e300, 5e-324, 2 ** 53, 2 ** 63, 1.5, 8.64e15 + 1];

/** One to four mutations of one of `samples`, which are not touched. */
export function mutatedBytes(samples: readonly Uint8Array[], random: InputRandom): Uint8Array<ArrayBuffer> {
  let bytes = random.pick(samples).slice();
  for (let left = 1 + random.below(4); left > 0; left--) bytes = mutateOnce(bytes, samples, random);
  return bytes;
}

function mutateOnce(
  bytes: Uint8Array<ArrayBuffer>,
  samples: readonly Uint8Array[],
  random: InputRandom,
): Uint8Array<ArrayBuffer> {
  const size = bytes.length;
  // Headers and footers say what the rest is.
  const near = random.chance(0.4) ? Math.min(size, 64) : size;
  const from = random.chance(0.25) ? size - near : 0;
  const at = from + random.below(near);
  const end = Math.min(size, at + 1 + random.below(random.chance(0.8) ? 16 : size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  switch (random.below(10)) {
    case 0:
    case 1:
      if (size > 0) bytes[at] = bytes[at]! ^ (1 << random.below(8));
      return bytes;
    case 2:
      if (size > 0) bytes[at] = random.below(256);
      return bytes;
    case 3:
      return bytes.slice(0, at);
    case 4:
      return joined([bytes.subarray(0, at), bytes.subarray(end)]);
    case 5: {
      const copies = new Array<Uint8Array>(1 + random.below(3)).fill(bytes.subarray(at, end));
      return joined([bytes.subarray(0, end), ...copies, bytes.subarray(end)]);
    }
    case 6: {
      const place = random.chance(0.7) ? at - (at % 4) : at;
      if (place + 4 <= size) view.setUint32(place, random.pick(WORDS) + (random.chance(0.3) ? 1 : 0), true);
      return bytes;
    }
    case 7: {
      const place = random.chance(0.8) ? at - (at % 8) : at;
      if (place + 8 <= size) view.setFloat64(place, random.pick(DOUBLES), true);
      return bytes;
    }
    case 8: {
      const other = random.pick(samples);
      return joined([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
    }
    default: {
      const noise = Uint8Array.from({ length: 1 + random.below(12) }, () => random.below(256));
      return joined([bytes.subarray(0, at), noise, bytes.subarray(at)]);
    }
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
