// Evidently's binning of two samples of a numeric column: bins of equal width over both together, their number by
// Sturges' rule, or one bin per value if the reference has few. Follows NumPy's arithmetic, so that every value falls
// into the same bin.
import { ln } from "../features/exact-math.ts";
import { sortedFinite } from "./sorted-finite.ts";

/** A reference with at most this many distinct values is binned by value. */
const DISCRETE = 20;

export interface PooledShares {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * Shares of both samples per bin: each list sums to 1. Values that are not finite are left out.
 *
 * Example: 1 1 2 against 2 3 gives the bins 1, 2, 3 with the shares ⅔ ⅓ 0 and 0 ½ ½.
 * @returns `null` when either sample is empty.
 */
export function pooledShares(reference: Float64Array, current: Float64Array): PooledShares | null {
  const a = sortedFinite(reference);
  const b = sortedFinite(current);
  if (a.length === 0 || b.length === 0) return null;
  const few = a.reduce((distinct, x, i) => (i === 0 || x !== a[i - 1] ? distinct + 1 : distinct), 0) <= DISCRETE;
  const edges = few
    ? null
    : equalWidthEdges(Math.min(a[0]!, b[0]!), Math.max(a.at(-1)!, b.at(-1)!), a.length + b.length);
  if (edges !== null) return { reference: inBins(a, edges), current: inBins(b, edges) };
  const values = Float64Array.from(new Set([...a, ...b])).sort();
  return { reference: byValue(a, values), current: byValue(b, values) };
}

/**
 * Edges of about log2(n) + 1 bins (Sturges) of equal width from `low` to `high`, high above low.
 *
 * Example: 2,500 values make 13 bins.
 */
function equalWidthEdges(low: number, high: number, n: number): Float64Array {
  const width = (high - low) / (log2(n) + 1);
  const bins = Math.ceil((high - low) / width);
  const step = (high - low) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, k) => k * step + low);
  edges[bins] = high;
  return edges;
}

/** Exact for powers of two, where a rounding error would change the number of bins. */
function log2(n: number): number {
  const whole = Math.round(ln(n) / Math.LN2);
  let power = 1;
  for (let k = 0; k < whole; k++) power *= 2;
  return power === n ? whole : ln(n) / Math.LN2;
}

/** Shares in [edge, next edge); the last bin includes its upper edge. */
function inBins(sorted: Float64Array, edges: Float64Array): number[] {
  const bins = edges.length - 1;
  const below = Array.from(edges, (edge, k) => (k === bins ? sorted.length : firstFrom(sorted, edge)));
  return Array.from({ length: bins }, (_, k) => (below[k + 1]! - below[k]!) / sorted.length);
}

function byValue(sorted: Float64Array, values: Float64Array): number[] {
  return Array.from(values, (value, k) => {
    const end = k + 1 < values.length ? firstFrom(sorted, values[k + 1]!) : sorted.length;
    return (end - firstFrom(sorted, value)) / sorted.length;
  });
}

/** Position of the first value that is at least x. */
function firstFrom(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
