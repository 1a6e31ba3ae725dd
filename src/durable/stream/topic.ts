// One source of events at a hub: who reads it, and how far all of them are that are not behind.
import type { StreamEvent } from "../../stream/stream-event.ts";

/** Who reads a topic. */
interface TopicReader {
  /** Returns whether the event was sent. */
  offer(topic: Topic, event: StreamEvent): boolean;
}

export class Topic {
  /** Key of a symbol, or `ALERT_SOURCE`. */
  readonly source: string;
  /** "" for the symbol's own. */
  readonly grid: string;
  readonly readers = new Set<TopicReader>();
  /** Every reader that is not behind has all events up to it; `undefined` before the source has answered. */
  position: number | undefined;
  /** When the source answered last or sent something, wall-clock ms. */
  heardMs = -Infinity;
  /** Readers that are being let in. */
  pending = 0;

  constructor(source: string, grid: string) {
    this.source = source;
    this.grid = grid;
  }

  get isRead(): boolean {
    return this.readers.size > 0 || this.pending > 0;
  }

  /** Gives its readers the events that it did not have. @returns how many events were sent. */
  take(events: readonly StreamEvent[], through: number): number {
    let sent = 0;
    const before = this.position ?? -Infinity;
    for (const event of events) {
      if (event.position <= before) continue;
      for (const reader of this.readers) if (reader.offer(this, event)) sent += 1;
    }
    this.position = Math.max(before, through);
    return sent;
  }
}

/** By what a hub finds a topic. No symbol's name has a blank. */
export function topicKey(source: string, grid: string): string {
  return `${source} ${grid}`;
}
