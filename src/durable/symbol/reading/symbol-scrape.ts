// All that one scrape of `/metrics` needs from a symbol, in one answer.
import type { WindowName } from "../../../quality/window-quality.ts";
import type { SymbolFigures } from "../evaluation/symbol-figures.ts";
import type { SymbolSummary } from "./symbol-summary.ts";

/** Windows in a scrape. */
export const SCRAPED_WINDOWS = ["1h", "24h", "30d"] as const satisfies readonly WindowName[];

export interface SymbolScrape {
  readonly summary: SymbolSummary;
  /** `null` after a fault in quality or drift, which must not hide the symbol's other metrics. */
  readonly figures: SymbolFigures | null;
  /** Those of the further grids; absent without any, and in answers of older versions. */
  readonly grids?: readonly GridScrape[];
}

export interface GridScrape extends Omit<SymbolScrape, "grids"> {
  /** Its name. */
  readonly grid: string;
}
