// The grid that a request names with `?grid=`, `?horizon=` or both.
import { EXPECTED_HORIZON, gridName, parseGridName, parseHorizon } from "../features/grid-name.ts";
import { shown } from "../schemas/shown.ts";
import { type Env, gridNamesOf, onGrid, settingsOf } from "../settings.ts";
import { Problem } from "./problem.ts";

/** What a request names; both may be absent. */
export interface AskedGrid {
  readonly grid?: string | undefined;
  /** Of the grid, or of the default one. */
  readonly horizon?: string | undefined;
}

/** The canonical name; `undefined` without one. Throws `Problem` 400 for a grid that the gateway does not have. */
export function askedGrid(env: Env, { grid: name, horizon }: AskedGrid): string | undefined {
  if (name === undefined && horizon === undefined) return undefined;
  const grid = name === undefined ? settingsOf(env).defaultGrid : parseGridName(name);
  const horizonMs = horizon === undefined ? grid?.horizonMs : parseHorizon(horizon);
  if (horizon !== undefined && horizonMs === undefined) {
    throw new Problem("unknown_grid", `horizon: got ${shown(horizon)}, expected ${EXPECTED_HORIZON}`);
  }
  const isOther = grid?.horizonMs !== undefined && horizonMs !== grid.horizonMs;
  const found = grid && gridName(horizonMs === undefined ? grid : { ...grid, horizonMs });
  if (found !== undefined && !isOther && onGrid(env, found) !== undefined) return found;
  const got = [name, horizon].filter((part) => part !== undefined).map(shown);
  const field = name === undefined ? "horizon" : horizon === undefined ? "grid" : "grid and horizon";
  throw new Problem("unknown_grid", `${field}: got ${got.join(" and ")}, expected one of ${expectedOf(env)}`);
}

/** The environment of the grid that a request names; see `onGrid`. Throws likewise. */
export function askedEnv(env: Env, asked: AskedGrid): Env {
  return onGrid(env, askedGrid(env, asked)) ?? env;
}

/** What is answered where the symbol does not have a grid of the gateway. */
export function gridOfOthers(symbol: string, grid: string | undefined): Problem {
  const why =
    "which this symbol does not have: it keeps the step and the horizon of its creation, and further steps are " +
    "multiples of it";
  return new Problem("unknown_grid", `grid: got ${shown(grid)} for ${symbol}, ${why}`);
}

function expectedOf(env: Env): string {
  return gridNamesOf(env).join(", ");
}
