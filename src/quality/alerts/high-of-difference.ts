// Compares two figures with intervals.
import type { Figure } from "../../model/manifest-evaluation.ts";

/**
 * Upper end of the 95 % interval of `a − b` for two independent figures with intervals of their own: Zou and Donner's
 * recovery of variances (MOVER, 2008), which needs no symmetry: `a − b + w · √((a.high − a)² + (b − b.low)²)`. Below 0,
 * `b` lies above `a.high` and `a` below `b.low`: each is outside the other's interval.
 *
 * Example: for 0.20 (0.17 to 0.23) and 0.30 (0.26 to 0.34) it is −0.10 + √(0.03² + 0.04²) = −0.05.
 * @param widening w, at least 1: the factor for the half-width.
 */
export function highOfDifference(a: Figure, b: Figure, widening = 1): number {
  const up = a.high - a.value;
  const down = b.value - b.low;
  return a.value - b.value + widening * Math.sqrt(up * up + down * down);
}
