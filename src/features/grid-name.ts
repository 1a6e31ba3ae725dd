// The name of a grid: its step, and the price source where that is the mid.
import type { GridConfig, PriceSource } from "./event-grid.ts";

export const EXPECTED_GRID_NAME = "a grid such as 1s, 60s, 500ms or 60s-mid";

/** A grid's step and source. */
export interface NamedGrid {
  readonly stepMs: number;
  readonly source: PriceSource;
}

/**
 * The only name of a grid.
 *
 * Example: steps of 60,000 ms of the last price are `60s`, of the mid `60s-mid`; 1,500 ms are `1500ms`.
 */
export function gridName({ stepMs, source }: Pick<GridConfig, "stepMs" | "source">): string {
  const step = stepMs % 1000 === 0 ? `${stepMs / 1000}s` : `${stepMs}ms`;
  return source === "mid" ? `${step}-mid` : step;
}

/** The grid of a name; `undefined` for another text. `1000ms` is `1s`. */
export function parseGridName(text: string): NamedGrid | undefined {
  const [, digits, unit, mid] = /^([1-9]\d{0,7})(ms|s)(-mid)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return { stepMs: Number(digits) * (unit === "s" ? 1000 : 1), source: mid === undefined ? "last" : "mid" };
}
