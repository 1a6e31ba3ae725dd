// The exact log of one symbol's producers: what was sent, in which order, and how it was answered in the end.
import type { Tick } from "../src/features/tick.ts";

export interface SentBatch {
  readonly ticks: readonly Tick[];
  /** Whether the gateway said that the batch is durable. */
  acknowledged: boolean;
  /** The code of a refusal that can never become an acknowledgement. */
  refused?: string;
  /** How often it was sent again, because no answer came or the answer was a refusal with a time. */
  resent: number;
  /** Whether a later answer said that an earlier sending had been applied. */
  hadBeenApplied: boolean;
  /** Time from the first sending to the acknowledgement, ms. */
  waitedMs: number;
}

export class SentLog {
  readonly symbol: string;
  /** In the order in which the gateway must apply them. */
  readonly batches: SentBatch[] = [];
  private readonly source: Iterator<readonly Tick[], undefined>;

  constructor(symbol: string, source: Iterator<readonly Tick[], undefined>) {
    this.symbol = symbol;
    this.source = source;
  }

  /** The next batch of the market, entered before it is sent. */
  next(): SentBatch {
    const ticks = this.source.next().value;
    if (ticks === undefined) throw new Error(`${this.symbol}: no further batch`);
    const batch: SentBatch = { ticks, acknowledged: false, resent: 0, hadBeenApplied: false, waitedMs: NaN };
    this.batches.push(batch);
    return batch;
  }

  /** Whether every batch has its last answer. */
  get isSettled(): boolean {
    return this.batches.every(({ acknowledged, refused }) => acknowledged || refused !== undefined);
  }

  /** Batches that were acknowledged, which the gateway must have. */
  get acknowledged(): SentBatch[] {
    return this.batches.filter(({ acknowledged }) => acknowledged);
  }
}
