// Where a symbol's values lie beside those of all symbols: a symbol that is quieter or wider than the others is moved
// and scaled onto the common distribution before it is compared, and so is every window of it.
import type { DriftFeature } from "./drift-reference.ts";

/** A value x of the symbol is compared as shift + scale · x. */
export interface Placement {
  readonly shift: number;
  readonly scale: number;
}

/** Mean and population standard deviation. */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The placement that gives values with the moments `own` those of `common`; without a deviation on either side they are
 * only moved.
 *
 * Example: mean 2 and deviation 4 onto mean 10 and deviation 2: shift 9, scale ½.
 */
export function placementOnto(common: Moments, own: Moments): Placement {
  const scale = common.deviation > 0 && own.deviation > 0 ? common.deviation / own.deviation : 1;
  return { shift: common.mean - own.mean * scale, scale };
}

/** Rewrites every value in its place. */
export function placed(values: Float64Array, { shift, scale }: Placement): Float64Array {
  return values.map((x) => shift + scale * x);
}

/** Mean of the frozen distribution, uniform between its knots, and its deviation. */
export function momentsOf({ quantiles, deviation }: DriftFeature): Moments {
  if (quantiles.length === 0) return { mean: 0, deviation };
  const inner = quantiles.reduce((sum, q) => sum + q, 0) - (quantiles[0]! + quantiles.at(-1)!) / 2;
  return { mean: inner / (quantiles.length - 1), deviation };
}
