// The table of all layouts: the first whose columns a file has is its layout.
import { BAR_LAYOUTS } from "./bar-layouts.ts";
import type { Layout } from "./layout.ts";
import { QUOTE_LAYOUTS } from "./quote-layouts.ts";
import { TRADE_LAYOUTS } from "./trade-layouts.ts";

export const ALL_LAYOUTS: readonly Layout[] = [...TRADE_LAYOUTS, ...QUOTE_LAYOUTS, ...BAR_LAYOUTS];
