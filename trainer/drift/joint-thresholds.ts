// Two limits on a window with one false-alarm rate for both together.

/** A window is beyond them when its share is above `share` or its ratio above `ratio`. */
export interface JointThresholds {
  readonly share: number;
  readonly ratio: number;
}

/**
 * The m-th smallest of the shares and the m-th smallest of the ratios, m the least for which a further window that is
 * exchangeable with these lies beyond either with a probability of at most α, however the two are related.
 *
 * Call a window's level the larger of its two ranks (1 + how many are smaller). A further window is beyond either limit
 * when its level among all n + 1 is above m, and raises no other's level by more than 1. So m is the least with at most
 * α(n + 1) − 1 windows of level m or higher: the further one then belongs to the α(n + 1) highest levels of n + 1,
 * which happens to one of n + 1 exchangeable windows with probability α at most. Ties only make it rarer.
 *
 * Where `taken` further windows are beyond a third limit, theirs is the rate (taken + 1)/(n + 1), and the two limits
 * have the rest of α, at least the extremes of each.
 *
 * Example: of 100 windows whose share and ratio are both 1 … 100, at α = 0.05 both limits are 97.
 * @returns `null` when there are fewer than 3/α − 1 windows.
 */
export function jointThresholds(
  shares: Float64Array,
  ratios: Float64Array,
  alpha: number,
  taken = 0,
): JointThresholds | null {
  const count = shares.length;
  if (count === 0 || count + taken < leastForJoint(alpha)) return null;
  const sortedShares = shares.slice().sort();
  const sortedRatios = ratios.slice().sort();
  const [shareRanks, ratioRanks] = [ranks(shares, sortedShares), ranks(ratios, sortedRatios)];
  const levels = shareRanks.map((rank, w) => Math.max(rank, ratioRanks[w]!)).sort();
  const left = Math.floor(alpha * (count + taken + 1) + 1e-9) - 1 - (taken === 0 ? 0 : taken + 1);
  const allowed = Math.min(count - 1, Math.max(OF_EXTREMES, left));
  // Levels ascend: at most `allowed` of them are m or higher as soon as the next lower one is below m.
  const m = levels[count - 1 - allowed]! + 1;
  return { share: sortedShares[m - 1]!, ratio: sortedRatios[m - 1]! };
}

/** The most extreme window by each. */
const OF_EXTREMES = 2;

/** Fewest windows that can promise α for both: ⌈3/α⌉ − 1, since the most extreme window by each counts. */
export function leastForJoint(alpha: number): number {
  return Math.ceil(3 / alpha - 1e-9) - 1;
}

/** 1 + how many values are smaller. */
function ranks(values: Float64Array, sorted: Float64Array): Int32Array {
  const first = new Map<number, number>();
  sorted.forEach((x, i) => first.has(x) || first.set(x, i + 1));
  return Int32Array.from(values, (x) => first.get(x)!);
}
