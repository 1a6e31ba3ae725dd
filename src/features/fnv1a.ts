// FNV-1a of 32 bits over units of any width: checksums and well-mixed numbers from names. Not for anything an adversary
// may choose.

/** The hash of nothing. */
export const FNV1A_START = 0x811c9dc5;

/**
 * The hash after one more unit; reversible, so that a change of any one unit always shows. The sign carries no meaning.
 */
export function fnv1aStep(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/**
 * Of a text's UTF-16 code units, from 0 to 2^32 − 1. For texts of ASCII it is the FNV-1a of their bytes.
 *
 * Example: `fnv1aOfText("foobar") === 0xbf9cf968`.
 */
export function fnv1aOfText(text: string): number {
  let hash = FNV1A_START;
  for (let i = 0; i < text.length; i++) hash = fnv1aStep(hash, text.charCodeAt(i));
  return hash >>> 0;
}

/** Of whole 32-bit words, from index `from` on; from 0 to 2^32 − 1. */
export function fnv1aOfWords(words: Uint32Array, from = 0): number {
  let hash = FNV1A_START;
  for (let i = from; i < words.length; i++) hash = fnv1aStep(hash, words[i]!);
  return hash >>> 0;
}
