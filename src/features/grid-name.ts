// The name of a grid: its step, the price source where that is the mid, and the horizon where that is one of its own.
import type { GridConfig, PriceSource } from "./event-grid.ts";

export const EXPECTED_GRID_NAME = "a grid such as 1s, 60s, 500ms, 60s-mid or 1s-h300s";
export const EXPECTED_HORIZON = "a horizon with its unit, such as 300s or 500ms";

/** A grid's step and source; and its horizon, where it is there for that horizon. */
export interface NamedGrid {
  readonly stepMs: number;
  readonly source: PriceSource;
  readonly horizonMs?: number;
}

/**
 * The only name of a grid.
 *
 * Example: steps of 60,000 ms of the last price are `60s`, of the mid `60s-mid`; 1,500 ms are `1500ms`; steps of 1 s
 * with the horizon of 300 s are `1s-h300s`.
 */
export function gridName({ stepMs, source, horizonMs }: Pick<GridConfig, "stepMs" | "source" | "horizonMs">): string {
  const grid = `${timeName(stepMs)}${source === "mid" ? "-mid" : ""}`;
  return horizonMs === undefined ? grid : `${grid}-h${timeName(horizonMs)}`;
}

/** The grid of a name; `undefined` for another text. `1000ms` is `1s`. */
export function parseGridName(text: string): NamedGrid | undefined {
  const [, step, mid, horizon] = /^([1-9]\d{0,7}m?s)(-mid)?(?:-h([1-9]\d{0,7}m?s))?$/.exec(text) ?? [];
  if (step === undefined) return undefined;
  const grid: NamedGrid = { stepMs: timeOf(step), source: mid === undefined ? "last" : "mid" };
  return horizon === undefined ? grid : { ...grid, horizonMs: timeOf(horizon) };
}

/** A horizon, ms; `undefined` for another text, also for a number without its unit. */
export function parseHorizon(text: string): number | undefined {
  return /^[1-9]\d{0,7}m?s$/.test(text) ? timeOf(text) : undefined;
}

function timeName(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** @param text digits and a unit. */
function timeOf(text: string): number {
  return text.endsWith("ms") ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1000;
}
