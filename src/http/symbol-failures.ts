// Why a symbol did not take its ticks of a request, while others may have taken theirs.

/** What a code means, and after how many seconds the same ticks may be sent again; `null` when that cannot help. */
export const SYMBOL_FAILURES = {
  symbol_failed: { status: 503, meaning: "an error, which the log has", retryAfterS: 1 },
  symbol_timeout: { status: 503, meaning: "no answer in time", retryAfterS: 5 },
  archive_backlog: { status: 429, meaning: "64 MB of its ticks wait for the archive", retryAfterS: 5 },
  symbol_busy: { status: 429, meaning: "too many of its batches wait already", retryAfterS: 1 },
  champion_unknown: { status: 503, meaning: "it is new, and the model that serves is not known yet", retryAfterS: 1 },
  sequence_conflict: { status: 409, meaning: "other ticks were applied under this X-Producer-Seq", retryAfterS: null },
  sequence_too_old: {
    status: 409,
    meaning: "X-Producer-Seq is below the numbers that are remembered: it may have been applied before",
    retryAfterS: null,
  },
  trace_too_large: { status: 413, meaning: "the trace would be too large; send fewer ticks", retryAfterS: null },
} as const;

export type SymbolFailureCode = keyof typeof SYMBOL_FAILURES;
export const SYMBOL_FAILURE_CODES = Object.keys(SYMBOL_FAILURES) as SymbolFailureCode[];
