// Which grids a symbol has: that which a question names, and those that it lacks.
import { gridName } from "../../../features/grid-name.ts";
import type { FurtherGridSetting } from "../../../settings/further-grids.ts";
import type { LiveGrid, LiveSymbol } from "../live-symbol.ts";

/**
 * `undefined` for a grid that the symbol does not have.
 * @param name of the grid; by default the symbol's own, which may also be named with its horizon.
 */
export function findGrid(live: LiveSymbol, name: string | undefined): LiveGrid | undefined {
  const { grid, label } = live.engine.features.config;
  if (name === undefined || name === gridName(grid)) return live;
  const further = live.grids.get(name);
  if (further !== undefined) return further;
  return name === gridName({ ...grid, horizonMs: label.horizonSteps * grid.stepMs }) ? live : undefined;
}

/**
 * The wanted grids that the symbol lacks. One whose step is no whole multiple of the symbol's own is none of them: a
 * symbol keeps the grid of its creation.
 */
export function missingGrids(live: LiveSymbol, wanted: readonly FurtherGridSetting[]): FurtherGridSetting[] {
  const { grid: own } = live.engine.features.config;
  return wanted.filter(
    ({ name, engine }) => !live.grids.has(name) && name !== gridName(own) && engine.grid.stepMs % own.stepMs === 0,
  );
}
