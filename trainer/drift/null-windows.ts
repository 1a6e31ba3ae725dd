// The training rows cut into windows exactly as the gateway cuts its live rows, and how far each of them lies from all
// of them: what distances look like while nothing has changed.
import { frozenWasserstein } from "../../src/drift/frozen-distance.ts";
import type { DriftFeature } from "../../src/drift/drift-reference.ts";
import type { DriftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { WindowRows } from "../../src/drift/window-rows.ts";
import type { Dataset } from "../rows/dataset.ts";

/** Windows of one length over all symbols. */
export interface NullWindows {
  readonly plan: DriftWindowPlan;
  /** Per window the positions of the rows that thinning keeps, ascending; in order of time, then of symbols. */
  readonly kept: readonly Int32Array[];
  /** How many stretches of time they are: windows of several symbols at one time are one, as markets move together. */
  readonly times: number;
  /** The place of each window's symbol in the dataset's list. */
  readonly symbolOf: Int32Array;
  /** Per row of the dataset the place of its window in `kept`; −1 where the window had too few rows to be used. */
  readonly windowOf: Int32Array;
}

/** Each symbol has windows of its own; those with fewer than `plan.minRows` kept rows are left out, as live. */
export function nullWindows({ rows, config }: Dataset, plan: DriftWindowPlan): NullWindows {
  // Only asked which window a step belongs to and whether it is sampled, so it has no columns.
  const cutter = new WindowRows(plan, config.grid.stepMs, 0);
  const places = new Map<string, number>();
  const kept: number[][] = [];
  const numbers: number[] = [];
  const symbols: number[] = [];
  const windowOf = new Int32Array(rows.count);
  for (let k = 0; k < rows.count; k++) {
    const step = rows.step[k]!;
    const number = cutter.windowOf(step);
    const key = `${number} ${rows.symbol[k]!}`;
    const place = places.get(key) ?? kept.length;
    if (place === kept.length) {
      places.set(key, place);
      kept.push([]);
      numbers.push(number);
      symbols.push(rows.symbol[k]!);
    }
    windowOf[k] = place;
    if (cutter.samples(step)) kept[place]!.push(k);
  }
  let used = 0;
  const renumbered = kept.map((window) => (window.length >= plan.minRows ? used++ : -1));
  const isUsed = (_: unknown, place: number): boolean => renumbered[place]! >= 0;
  return {
    plan,
    kept: kept.filter(isUsed).map((window) => Int32Array.from(window)),
    times: new Set(numbers.filter(isUsed)).size,
    symbolOf: Int32Array.from(symbols.filter(isUsed)),
    windowOf: windowOf.map((place) => renumbered[place]!),
  };
}

/**
 * Normed Wasserstein distance of each window's values of one column from the column's frozen distribution *without that
 * window*: a window lies nearer to a reference that it is a part of than a new one does. With a share s of the
 * reference in the window, F_all = s · F_window + (1 − s) · F_others, so the distance from the others is that from all
 * over (1 − s).
 * Where symbols are placed onto one another, s is the share of the window's own symbol, which its place is known from.
 * @param values one per row of the dataset, `NaN` where missing; @param symbols number of each row's symbol, where
 * the values are placed by symbol.
 * @returns one distance per window; `NaN` with fewer than `plan.minRows` values, where the gateway does not judge
 * either.
 */
export function nullDistances(
  { plan, kept, windowOf, symbolOf }: NullWindows,
  reference: DriftFeature,
  values: ArrayLike<number>,
  symbols?: ArrayLike<number>,
): Float64Array {
  const finite = new Float64Array(kept.length);
  const all = new Map<number, number>();
  for (let k = 0; k < values.length; k++) {
    if (!Number.isFinite(values[k])) continue;
    const symbol = symbols?.[k] ?? 0;
    all.set(symbol, (all.get(symbol) ?? 0) + 1);
    if (windowOf[k]! >= 0) finite[windowOf[k]!]! += 1;
  }
  return Float64Array.from(kept, (window, w) => {
    const sorted = Float64Array.from(window, (k) => values[k]!)
      .filter(Number.isFinite)
      .sort();
    if (sorted.length < plan.minRows) return NaN;
    const distance = frozenWasserstein(reference.quantiles, reference.deviation, sorted);
    return distance / (1 - finite[w]! / all.get(symbols === undefined ? 0 : symbolOf[w]!)!);
  });
}

/** Share of each window's rows in which a column has no finite value. */
export function missingShares({ kept }: NullWindows, values: ArrayLike<number>): Float64Array {
  return Float64Array.from(kept, (window) => {
    const missing = window.reduce((sum, k) => sum + (Number.isFinite(values[k]) ? 0 : 1), 0);
    return missing / window.length;
  });
}
