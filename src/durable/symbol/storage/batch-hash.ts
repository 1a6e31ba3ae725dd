// A hash of a batch's ticks: it tells a batch that is sent again from other ticks under the same number.

/** Stands for every NaN, whose bits depend on the compiler. */
const NAN_WORDS = [0, 0x7ff80000] as const;

/**
 * MurmurHash3 (32 bits, seed 0) of packed ticks, from 0 to 2^32 − 1. Not secure against chosen input.
 * @param rows Float64 [ticks, 8].
 */
export function batchHash(rows: Float64Array): number {
  const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.length * 2);
  let hash = 0;
  for (let i = 0; i < rows.length; i++) {
    const missing = Number.isNaN(rows[i]);
    hash = mixed(hash, missing ? NAN_WORDS[0] : words[2 * i]!);
    hash = mixed(hash, missing ? NAN_WORDS[1] : words[2 * i + 1]!);
  }
  return finished(hash ^ rows.byteLength);
}

function mixed(hash: number, word: number): number {
  const k = Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotated(hash ^ k, 13), 5) + 0xe6546b64) | 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finished(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
