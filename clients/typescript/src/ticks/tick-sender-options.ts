// What a sender of ticks takes and tells.
import type { Tick } from "../api-types.ts";

/** A tick with the fields of `POST /ingest`. NaN and `null` are an absent field. */
export type SentTick = Omit<Tick, "symbol" | "ts"> & {
  /** May be left out where the sender is that of one symbol. */
  readonly symbol?: string | undefined;
  readonly ts: Tick["ts"] | Date;
};

/** A tick that the gateway refused. */
export interface RejectedTick {
  readonly tick: SentTick;
  /** E.g. `price_not_positive`. */
  readonly reason: string;
  readonly field: string;
  readonly got: string | undefined;
  readonly expected: string;
}

/** What became of ticks. `late` and `duplicate` are no errors. */
export interface TickCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  readonly held: number;
  readonly released: number;
  readonly rejected: number;
}

/** A batch that is durable: it survives whatever happens to the gateway. */
export interface TickAck extends TickCounts {
  /** The number of the batch. Over HTTP a batch whose symbols did not all take it at once is acknowledged in parts. */
  readonly seq: number;
  /** The ticks that are acknowledged, the refused ones among them. */
  readonly ticks: readonly SentTick[];
  /** Ticks that were taken, of which the gateway does not say how: others of their batch were refused for good. */
  readonly uncounted: number;
  /** The first 100 refused ticks of the batch. */
  readonly rejectedTicks: readonly RejectedTick[];
  /** E.g. `late_ticks: …`. */
  readonly warnings: readonly string[];
}

/** Ticks that the gateway will never take. */
export interface TickRefusal {
  readonly seq: number;
  readonly code: string;
  readonly detail: string;
  readonly ticks: readonly SentTick[];
}

export interface TickSenderOptions {
  /**
   * `auto` when not given: sockets, and HTTP where the runtime has none, the gateway is older, or no socket gets
   * through. That is decided once, before the first tick is sent.
   */
  readonly transport?: "auto" | "socket" | "http" | undefined;
  /** Whether sockets carry packed frames, where the ticks are plain numbers; `true` by default. Others go as JSON. */
  readonly binary?: boolean | undefined;
  /** Sends ticks of this one symbol, over a socket of its own object: a hop less. */
  readonly symbol?: string | undefined;
  /** The venue of ticks that name none. */
  readonly venue?: string | undefined;
  /** 1 to 64 printable characters, and a new one at each start; a random one when not given. */
  readonly producer?: string | undefined;
  /** Ticks of a batch at most, 1 to 5,000; 500 by default. */
  readonly maxBatch?: number | undefined;
  /** A batch that is not full is sent after this long; 20 ms by default. */
  readonly maxDelayMs?: number | undefined;
  /** So many ticks are in memory at most, waiting or not acknowledged; 20,000 by default. */
  readonly maxBuffered?: number | undefined;
  /** Gives up when nothing is taken for so long; the client's when not given. `Infinity` never does. */
  readonly giveUpAfterMs?: number | undefined;
  /** Ends the sender with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Receives each acknowledgement. */
  readonly onAck?: ((ack: TickAck) => void) | undefined;
  /** Receives ticks that will never be taken, and the sender goes on. Without it such ticks end the sender. */
  readonly onRefused?: ((refusal: TickRefusal) => void) | undefined;
  /** Receives why something is tried again, and when. */
  readonly onRetry?: ((why: string, waitMs: number) => void) | undefined;
}
