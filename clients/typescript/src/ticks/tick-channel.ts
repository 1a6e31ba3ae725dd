// What the sender of ticks and its two ways to the gateway know of each other.
import { symbolKey } from "../../../../src/features/symbol-name.ts";
import type { Connection } from "../connection.ts";
import type { SentTick, TickAck, TickRefusal } from "./tick-sender-options.ts";

/** A way to the gateway: sends batches in order, and each again until it is answered. */
export interface TickChannel {
  /** Sends what can be sent now. Called whenever there may be something. */
  pump(): void;
  /** Ends it for good. Returns the ticks that were taken and not acknowledged, in order. */
  close(): SentTick[];
}

/** The settings of a sender, checked. */
export interface ChannelSettings {
  readonly producer: string;
  readonly symbol: string | undefined;
  readonly venue: string | undefined;
  readonly binary: boolean;
  readonly signal: AbortSignal;
}

/** The sender, as its channel sees it. */
export interface ChannelHost {
  readonly connection: Connection;
  readonly settings: ChannelSettings;
  /** Whether there are ticks to be sent or acknowledged. */
  readonly hasWork: boolean;
  /**
   * Takes the ticks of the next batch out of the buffer: a full one, or what waits for long enough. `undefined` without
   * any. Those that are `blocked` stay.
   */
  takeBatch(blocked?: (tick: SentTick) => boolean): SentTick[] | undefined;
  acknowledge(ack: TickAck): void;
  refuse(refusal: TickRefusal): void;
  /**
   * Tells of a pause before something is tried again. Returns false instead where that would be too late.
   * @param sinceMs when it began to fail; since nothing is taken at all when not given.
   */
  mayRetry(why: string, waitMs: number, sinceMs?: number): boolean;
  /** Everything counts as failed, for good. */
  fail(error: unknown): void;
}

/** The symbol of a tick, as the gateway knows it: answers may spell it in another way. */
export function tickKey({ symbol, venue }: SentTick, settings: Pick<ChannelSettings, "symbol" | "venue">): string {
  const name = symbol ?? settings.symbol;
  return symbolKey(name, venue ?? settings.venue) ?? String(name);
}
