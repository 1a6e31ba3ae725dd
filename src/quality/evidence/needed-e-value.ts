// How much evidence a comparison needs that is not the first one.

const FIRST = 20;

/**
 * The e value that the k-th comparison with the same champion needs: 20 for the first, 20 · k · (k − 1) for the others.
 * By Ville's inequality the first is wrong with a probability of at most 1/20, and all others together with at most Σ
 * 1/(20 · k · (k − 1)) = 1/20, however many there are.
 *
 * Example: 20, 40, 120, 240.
 */
export function neededEValue(tries: number): number {
  return tries < 2 ? FIRST : FIRST * tries * (tries - 1);
}
