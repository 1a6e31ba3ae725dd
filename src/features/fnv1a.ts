// 32-bit FNV-1a over units of any width, for checksums and hashes of names. Not secure against chosen input.

/** The hash of the empty input. */
export const FNV1A_START = 0x811c9dc5;

/**
 * The hash after one more unit. Reversible, so that a change of any single unit changes the hash. The sign has no
 * meaning.
 */
export function fnv1aStep(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/**
 * Hash of a text's UTF-16 code units, from 0 to 2^32 − 1. For ASCII it equals the FNV-1a of the bytes.
 *
 * Example: `fnv1aOfText("foobar") === 0xbf9cf968`.
 */
export function fnv1aOfText(text: string): number {
  let hash = FNV1A_START;
  for (let i = 0; i < text.length; i++) hash = fnv1aStep(hash, text.charCodeAt(i));
  return hash >>> 0;
}

/** The hash of `start` after a text's UTF-16 code units and its end; from 0 to 2^32 − 1. */
export function fnv1aAfterText(start: number, text: string): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = fnv1aStep(hash, text.charCodeAt(i));
  return fnv1aStep(hash, -1) >>> 0;
}

/** Hash of 32-bit words from index `from` on; from 0 to 2^32 − 1. */
export function fnv1aOfWords(words: Uint32Array, from = 0): number {
  let hash = FNV1A_START;
  for (let i = from; i < words.length; i++) hash = fnv1aStep(hash, words[i]!);
  return hash >>> 0;
}
