// Counters of a symbol's object since it was loaded; they are not in the snapshot.

export interface SymbolCounters {
  /** Runs of models that failed. */
  scoringErrors: number;
  /** Batches that the monitor failed on. */
  monitorErrors: number;
  /** Ticks of batches that were delivered again. */
  redeliveredTicks: number;
  /** Ticks whose messages have no time and that were given that of their receipt. */
  receiptTimedTicks: number;
}

export function noCountersYet(): SymbolCounters {
  return { scoringErrors: 0, monitorErrors: 0, redeliveredTicks: 0, receiptTimedTicks: 0 };
}
