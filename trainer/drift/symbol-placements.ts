// Where each symbol's values of a column lie beside those of all symbols.
import { type Moments, type Placement, placementOnto } from "../../src/drift/placement.ts";

/** Significant digits in a manifest: a shift is a difference of values that can be large. */
const DIGITS = 12;

/**
 * One placement per symbol, onto the mean of all values and the deviation within the symbols (the root of the mean
 * squared difference from the own symbol's mean); rounded as manifests are. A symbol without a value stays as it is.
 * @param values one per row, `NaN` where missing; @param symbols number of each row's symbol.
 */
export function symbolPlacements(values: Float64Array, symbols: ArrayLike<number>, count: number): Placement[] {
  const sums = Array.from({ length: count }, () => ({ values: 0, sum: 0, squares: 0 }));
  values.forEach((x, k) => {
    if (!Number.isFinite(x)) return;
    const own = sums[symbols[k]!]!;
    own.values += 1;
    own.sum += x;
  });
  values.forEach((x, k) => {
    if (!Number.isFinite(x)) return;
    const own = sums[symbols[k]!]!;
    own.squares += (x - own.sum / own.values) ** 2;
  });
  const total = sums.reduce((n, own) => n + own.values, 0);
  const common: Moments = {
    mean: sums.reduce((sum, own) => sum + own.sum, 0) / total,
    deviation: Math.sqrt(sums.reduce((sum, own) => sum + own.squares, 0) / total),
  };
  return sums.map((own) => {
    if (own.values === 0) return { shift: 0, scale: 1 };
    const { shift, scale } = placementOnto(common, {
      mean: own.sum / own.values,
      deviation: Math.sqrt(own.squares / own.values),
    });
    return { shift: rounded(shift), scale: rounded(scale) };
  });
}

function rounded(x: number): number {
  return Number(x.toPrecision(DIGITS));
}
