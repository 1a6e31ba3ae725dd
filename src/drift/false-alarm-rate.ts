// How sure a false-alarm rate is that was calibrated on few windows.

const SURE = 0.95;

/**
 * The rate that the realised one stays below with a probability of 95 %, over training sets of this size: the rate of a
 * conformal limit is Beta(l, n + 1 − l) with l = α(n + 1) (Vovk 2012). It takes windows for independent, and adjacent
 * ones are not quite.
 *
 * Example: 5 % from 100 windows stays below 8.9 %, 19.0 % from 20 below 34.4 %.
 * @param windows number of training windows.
 * @param alpha the stated rate, above 0 and below 1.
 */
export function highestRate(windows: number, alpha: number): number {
  const least = Math.max(1, Math.floor(alpha * (windows + 1) + 1e-9));
  if (least > windows) return 1;
  let [low, high] = [0, 1];
  // P(Beta(l, n + 1 − l) ≤ x) is the probability that at least l of n draws succeed at the rate x.
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (1 - fewerThan(least, windows, middle) < SURE) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability of fewer than `count` successes in n draws at a rate below 1. */
function fewerThan(count: number, n: number, rate: number): number {
  let term = 1;
  for (let k = 0; k < n; k++) term *= 1 - rate;
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += term;
    term *= ((n - k) / (k + 1)) * (rate / (1 - rate));
  }
  return sum;
}
