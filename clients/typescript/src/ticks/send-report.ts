// What became of all ticks of a sender.
import type { RejectedTick, TickAck, TickCounts, TickRefusal } from "./tick-sender-options.ts";

/** Refused ticks that a report names; the others are counted. */
const MOST_REJECTED = 1_000;
const COUNTS = ["accepted", "duplicate", "late", "held", "released", "rejected"] as const;

export class SendReport implements TickCounts {
  accepted = 0;
  duplicate = 0;
  late = 0;
  held = 0;
  released = 0;
  rejected = 0;
  /** Ticks that were handed to `send`. */
  sent = 0;
  /** Ticks that will never be taken: see `onRefused`. */
  refused = 0;
  /** Ticks that were taken in batches of which others were refused: the gateway does not count these. */
  uncounted = 0;
  /** Batches that were acknowledged. */
  batches = 0;
  /** Pauses before something was tried again. */
  retries = 0;
  /** The first 1,000 ticks that the gateway refused. */
  readonly rejectedTicks: RejectedTick[] = [];

  add(ack: TickAck): void {
    for (const name of COUNTS) this[name] += ack[name];
    this.uncounted += ack.uncounted;
    this.batches += 1;
    const room = MOST_REJECTED - this.rejectedTicks.length;
    if (room > 0) this.rejectedTicks.push(...ack.rejectedTicks.slice(0, room));
  }

  refuse({ ticks }: TickRefusal): void {
    this.refused += ticks.length;
  }
}
