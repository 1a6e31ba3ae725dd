// The logistic function with the same bits on every machine.
import { exp } from "../../src/features/exact-math.ts";

/** 1 / (1 + e^−x), without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}
