// The grid that a request names with `?grid=`.
import { gridName, parseGridName } from "../features/grid-name.ts";
import { shown } from "../schemas/shown.ts";
import { type Env, gridNamesOf, onGrid } from "../settings.ts";
import { Problem } from "./problem.ts";

/** The canonical name; `undefined` without one. Throws `Problem` 400 for a grid that the gateway does not have. */
export function askedGrid(env: Env, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const grid = parseGridName(name);
  const names = gridNamesOf(env);
  const found = grid && gridName(grid);
  if (found !== undefined && names.includes(found)) return found;
  throw new Problem("unknown_grid", `grid: got ${shown(name)}, expected one of ${names.join(", ")}`);
}

/** The environment of the grid that a request names; see `onGrid`. Throws likewise. */
export function askedEnv(env: Env, name: string | undefined): Env {
  return onGrid(env, askedGrid(env, name)) ?? env;
}

/** What is answered where the symbol does not have a grid of the gateway. */
export function gridOfOthers(symbol: string, grid: string | undefined): Problem {
  const why =
    "which this symbol does not have: it keeps the step of its creation, and further ones are multiples of it";
  return new Problem("unknown_grid", `grid: got ${shown(grid)} for ${symbol}, ${why}`);
}
