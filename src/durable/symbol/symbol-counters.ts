// What a symbol's object counts since it was loaded, beside what its snapshot keeps.

export interface SymbolCounters {
  /** Runs of models that failed. */
  scoringErrors: number;
  /** Batches that the monitor could not learn from. */
  monitorErrors: number;
  /** Ticks of batches that were delivered again. */
  redeliveredTicks: number;
}

export function noCountersYet(): SymbolCounters {
  return { scoringErrors: 0, monitorErrors: 0, redeliveredTicks: 0 };
}
