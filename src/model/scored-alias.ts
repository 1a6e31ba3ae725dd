// The aliases whose models score a symbol's steps.
import { BASELINE_ALIASES } from "./manifest.ts";
import type { Alias } from "./model-host.ts";

/** All except `rows`, which answers stateless requests. */
export type ScoredAlias = Exclude<Alias, "rows">;
export const SCORED: readonly ScoredAlias[] = ["champion", "challenger", "predecessor", ...BASELINE_ALIASES];
