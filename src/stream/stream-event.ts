// Events as a symbol or the alerts hand them to the readers of the stream.

/** The kinds that a reader can ask for. */
export const STREAM_KINDS = ["prediction", "label", "alert"] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** Why events are missing: see docs/stream.md. */
export type GapReason = "not_kept" | "skipped" | "not_known" | "symbol_removed";

/** One event with the text that every reader of it gets. */
export interface StreamEvent {
  /** A gap is told to every reader. */
  readonly kind: StreamKind | "gap";
  /** Key of the symbol that it is about. */
  readonly symbol: string;
  /** Its place in the log of its source; rises from event to event. */
  readonly position: number;
  readonly text: string;
}

/** Events of one source after a position. */
export interface EventPage {
  /** In order. */
  readonly events: readonly StreamEvent[];
  /** All events up to this position are in the page or before it. */
  readonly through: number;
}
