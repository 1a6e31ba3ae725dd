// Bins of a frozen distribution, the same for every window compared with it. Unlike with pooled bins, a window's PSI
// does not depend on its own extremes.
import { frozenShareBelow, frozenShareUpTo } from "./frozen-distance.ts";

/** With at most this many distinct knots a distribution is treated as discrete, as Evidently does. */
const DISCRETE = 20;
const DECILES = 10;

export interface BinnedShares {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * Shares of the frozen distribution and of a sample in the reference's deciles; values outside its range count in the
 * outer bins. Deciles that coincide make one bin. With at most 20 distinct knots each knot gets its own bin, with edges
 * half-way between knots; a single knot makes three bins: below, at and above it.
 * @param knots ascending quantiles, at least one. @param sorted ascending finite values, at least one.
 */
export function frozenBinShares(knots: readonly number[], sorted: Float64Array): BinnedShares {
  const distinct = fewDistinct(knots);
  if (distinct?.length === 1) return sharesAround(distinct[0]!, knots, sorted);
  const edges = distinct === null ? deciles(knots) : midpoints(distinct);
  const upTo = edges.map((edge) => frozenShareUpTo(knots, edge));
  return { reference: differences([...upTo, 1]), current: differences([...edges.map((e) => shareUpTo(sorted, e)), 1]) };
}

/** The distinct values; `null` when there are more than 20. */
function fewDistinct(ascending: readonly number[]): number[] | null {
  const distinct: number[] = [];
  for (const x of ascending) {
    if (x === distinct.at(-1)) continue;
    if (distinct.length === DISCRETE) return null;
    distinct.push(x);
  }
  return distinct;
}

function sharesAround(value: number, knots: readonly number[], sorted: Float64Array): BinnedShares {
  const below = sorted.findIndex((x) => x >= value);
  const upTo = sorted.findIndex((x) => x > value);
  const n = sorted.length;
  return {
    reference: differences([frozenShareBelow(knots, value), frozenShareUpTo(knots, value), 1]),
    current: differences([below < 0 ? 1 : below / n, upTo < 0 ? 1 : upTo / n, 1]),
  };
}

function midpoints(distinct: readonly number[]): number[] {
  return distinct.slice(1).map((x, k) => distinct[k]! + (x - distinct[k]!) / 2);
}

/** Distinct edges between the deciles of a distribution given by evenly spaced quantiles. */
function deciles(knots: readonly number[]): number[] {
  const edges = Array.from({ length: DECILES - 1 }, (_, d) => {
    const position = ((knots.length - 1) * (d + 1)) / DECILES;
    const k = Math.floor(position);
    return knots[k]! + (position - k) * (knots[k + 1]! - knots[k]!);
  });
  return edges.filter((edge, d) => d === 0 || edge > edges[d - 1]!);
}

function shareUpTo(sorted: Float64Array, edge: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= edge) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}

function differences(upTo: readonly number[]): number[] {
  return upTo.map((share, k) => share - (upTo[k - 1] ?? 0));
}
