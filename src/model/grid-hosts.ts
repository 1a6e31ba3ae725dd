// The model hosts of an isolate: the gateway's own, and one for each other grid that has a bundled set and a symbol.
// Symbols keep the grid of their creation, and a gateway's grid may change.
import type { GridConfig } from "../features/event-grid.ts";
import { hasBundledSet } from "./bundled.ts";
import { ModelHost, modelHost } from "./model-host.ts";

/** A host in use for a grid that is not the gateway's. */
interface OtherHost {
  readonly grid: GridConfig;
  readonly host: ModelHost;
}

const others: OtherHost[] = [];

/** The gateway's grids. */
interface GatewayGrids {
  readonly defaultGrid: GridConfig;
  /** Grids that have a registry of their own. */
  readonly furtherGrids: readonly { readonly engine: { readonly grid: GridConfig } }[];
}

/**
 * Whose models score a symbol. On the gateway's default grid that is `modelHost`; likewise on a grid that is none of
 * the gateway's and has no bundled set, where none of its models fits and the prediction says so.
 */
export function hostFor(grid: GridConfig, { defaultGrid, furtherGrids }: GatewayGrids): ModelHost {
  const isFurther = furtherGrids.some(({ engine }) => isSameGrid(engine.grid, grid));
  if (isSameGrid(grid, defaultGrid) || !(isFurther || hasBundledSet(grid))) return modelHost;
  let other = others.find((one) => isSameGrid(one.grid, grid));
  if (other === undefined) others.push((other = { grid, host: new ModelHost() }));
  return other.host;
}

/** The other hosts that have been asked for. */
export function otherHosts(): readonly OtherHost[] {
  return others;
}

function isSameGrid(a: GridConfig, b: GridConfig): boolean {
  return a.stepMs === b.stepMs && a.source === b.source && a.horizonMs === b.horizonMs;
}
