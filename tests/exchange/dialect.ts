// How the local exchange speaks: what each venue answers to a client, and how it writes trades and quotes.
import type { TapeEvent, TapeTrade } from "./market-tape.ts";

/** One client of the exchange, as a dialect sees it. */
export interface ExchangeClient {
  /** Products whose trades it gets. */
  readonly trades: Set<string>;
  /** Products whose quotes it gets. */
  readonly quotes: Set<string>;
  /** Other channels that it has asked for. */
  readonly channels: Set<string>;
  /** Sends a text; `events` are the ticks in it. */
  send(text: string, events?: readonly TapeEvent[]): void;
  /** Number of the next message of the connection, from 0. */
  nextSequence(): number;
  /** The last trades of a product, oldest first. */
  lastTrades(product: string, count: number): readonly TapeTrade[];
  /** A new quote of a product, for this client alone. */
  freshQuote(product: string): TapeEvent;
  /** Whether the exchange does not have this product. */
  isUnknown(product: string): boolean;
}

export interface Dialect {
  opened?(client: ExchangeClient): void;
  /** A text of the client. */
  receive(text: string, client: ExchangeClient): void;
  /** Sends events that the client is subscribed to, in as many messages as the venue would. */
  deliver(events: readonly TapeEvent[], client: ExchangeClient): void;
  /** What it sends of itself each second. */
  heartbeat?(client: ExchangeClient, nowMs: number): void;
}

/** Whether a client gets an event. */
export function isSubscribed(client: ExchangeClient, { kind, product }: TapeEvent): boolean {
  return (kind === "trade" ? client.trades : client.quotes).has(product);
}

export function iso(tsMs: number): string {
  return new Date(tsMs).toISOString();
}
