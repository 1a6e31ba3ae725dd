// The choices of how much a symbol counts.

/** `rows`: every row counts the same, so a symbol with more rows counts more. `equal`: every symbol counts the same. */
export const SYMBOL_WEIGHTINGS = ["rows", "equal"] as const;
export type SymbolWeighting = (typeof SYMBOL_WEIGHTINGS)[number];
