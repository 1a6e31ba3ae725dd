// Distances between two lists of shares over the same bins, as Evidently defines them.
import { ln } from "../features/exact-math.ts";

/**
 * Population stability index Σ (r − c) · ln(r / c). Shares of 0 become 0.0001, or a millionth of that side's smallest
 * positive share if that share is at most 0.0001.
 *
 * Example: ½ ½ against ¼ ¾: ¼ · ln 2 + ¼ · ln 1.5 = 0.2747.
 * @returns 0 for no bins.
 */
export function stabilityOfShares(reference: readonly number[], current: readonly number[]): number {
  const [r, c] = [filled(reference), filled(current)];
  return r.reduce((sum, share, k) => sum + (share - c[k]!) * ln(share / c[k]!), 0);
}

/**
 * Jensen–Shannon distance: the square root of the divergence ½ Σ r ln(r/m) + ½ Σ c ln(c/m), m the mean of both, natural
 * logarithm, shares of 0 contributing nothing.
 *
 * Example: 1 0 against 0 1: √(ln 2) = 0.8326.
 * @returns 0 for no bins.
 */
export function jensenShannonOfShares(reference: readonly number[], current: readonly number[]): number {
  let divergence = 0;
  for (const [k, share] of reference.entries()) {
    const middle = (share + current[k]!) / 2;
    divergence += relative(share, middle) + relative(current[k]!, middle);
  }
  // Rounding can leave equal shares slightly below 0.
  return Math.sqrt(Math.max(0, divergence / 2));
}

function relative(share: number, middle: number): number {
  return share > 0 ? share * ln(share / middle) : 0;
}

function filled(shares: readonly number[]): readonly number[] {
  const smallest = shares.reduce((least, share) => (share > 0 && share < least ? share : least), Infinity);
  const instead = smallest <= 0.0001 ? smallest / 1e6 : 0.0001;
  return shares.map((share) => (share === 0 ? instead : share));
}
