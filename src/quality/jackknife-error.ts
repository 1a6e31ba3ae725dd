// The standard error of a figure from its values with one group of blocks left out.

/** Neighbouring groups are joined while their lag-1 autocorrelation is above this, */
const MAX_AUTOCORRELATION = 0.15;
/** and at least so many are left. */
const FEWEST_JOINED = 6;

export interface JackknifeError {
  readonly error: number;
  /** Degrees of freedom for Student's t, from 1. */
  readonly degrees: number;
}

/**
 * Delete-a-group jackknife: √((G − 1)/G · Σ (x_g − x̄)²), x_g the figure without group g of G.
 *
 * - Groups whose influences x̄ − x_g are autocorrelated are joined in pairs, their influences added: Σ is then over the
 *   K joined groups, times K/(K − 1) · (G − 1)/G. For a mean that is the variance of means of longer blocks.
 * - Degrees of freedom: groups with a spike − 1, because a calm group says next to nothing about a figure of spikes;
 *   and not more than 2K/(κ − 1), κ the kurtosis K Σ u⁴ / (Σ u²)² of the influences (Satterthwaite): a variance that
 *   stands on few of the groups is known no better than from those.
 *
 * Example: a mean of 1, 2, 3, all with a spike: without one each it is 2.5, 2, 1.5; the error is √(1/3), as s/√n.
 *
 * @param without the figure without each group, in order of time; @param hasSpike 1 for each group with a spike.
 * @returns `null` with fewer than two groups with a spike, and if some value does not exist.
 */
export function jackknifeError(without: Float64Array, hasSpike: Uint8Array): JackknifeError | null {
  const size = without.length;
  if (spikesIn(hasSpike) < 2 || without.some((x) => !Number.isFinite(x))) return null;
  const mean = without.reduce((sum, x) => sum + x, 0) / size;
  let influences = without.map((x) => mean - x);
  let spikes = hasSpike;
  while (influences.length >= 2 * FEWEST_JOINED && autocorrelation(influences) > MAX_AUTOCORRELATION) {
    const joined = joinPairs(spikes, (a, b) => a | b);
    if (spikesIn(joined) < 2) break;
    spikes = joined;
    influences = Float64Array.from(joinPairs(influences, (a, b) => a + b));
  }
  const groups = influences.length;
  let squares = 0;
  let fourth = 0;
  for (const u of influences) {
    squares += u * u;
    fourth += u * u * u * u;
  }
  const share = (size - 1) / size;
  const factor = groups === size ? share : (groups / (groups - 1)) * share * share;
  const kurtosis = (groups * fourth) / (squares * squares);
  const known = kurtosis > 1 ? Math.max(1, Math.floor((2 * groups) / (kurtosis - 1))) : Infinity;
  return { error: Math.sqrt(factor * squares), degrees: Math.min(spikesIn(spikes) - 1, known) };
}

function spikesIn(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

/** Lag-1 autocorrelation of values about 0; `NaN` if all are 0. */
function autocorrelation(values: Float64Array): number {
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    squares += values[i]! * values[i]!;
    if (i > 0) products += values[i]! * values[i - 1]!;
  }
  return products / squares;
}

/** An odd last one stays alone. */
function joinPairs<T extends Float64Array | Uint8Array>(values: T, join: (a: number, b: number) => number): T {
  const joined = values.slice(0, Math.ceil(values.length / 2)) as T;
  for (let i = 0; i < joined.length; i++) joined[i] = join(values[2 * i]!, values[2 * i + 1] ?? 0);
  return joined;
}
