// The formats of native messages by name, and which of them a message is of.
import type { TickInput } from "../features/tick-fields.ts";
import { ticksOfAlpaca } from "./alpaca.ts";
import { ticksOfBinance } from "./binance.ts";
import { ticksOfBitstamp } from "./bitstamp.ts";
import { ticksOfBybit } from "./bybit.ts";
import { ticksOfCcxt } from "./ccxt.ts";
import { ticksOfCoinbaseAdvanced } from "./coinbase-advanced.ts";
import { ticksOfCoinbaseExchange } from "./coinbase-exchange.ts";
import { ticksOfCryptofeed } from "./cryptofeed.ts";
import { ticksOfHyperliquid } from "./hyperliquid.ts";
import { ticksOfKraken } from "./kraken.ts";
import type { NativeReader } from "./native-ticks.ts";
import { ticksOfOkx } from "./okx.ts";
import { ticksOfTardis } from "./tardis.ts";

const READERS = {
  coinbase_advanced: ticksOfCoinbaseAdvanced,
  coinbase_exchange: ticksOfCoinbaseExchange,
  binance: ticksOfBinance,
  kraken: ticksOfKraken,
  bybit: ticksOfBybit,
  okx: ticksOfOkx,
  bitstamp: ticksOfBitstamp,
  hyperliquid: ticksOfHyperliquid,
  alpaca: ticksOfAlpaca,
  cryptofeed: ticksOfCryptofeed,
  ccxt: ticksOfCcxt,
  tardis: ticksOfTardis,
} satisfies Record<string, NativeReader>;

export type NativeFormat = keyof typeof READERS;
export const NATIVE_FORMATS = Object.keys(READERS) as readonly NativeFormat[];

/** Formats whose messages are flat, with names of rows in volgate's own form. */
const FLAT_FORMATS: readonly NativeFormat[] = ["coinbase_exchange", "cryptofeed", "ccxt", "tardis"];

/** A message that more than one format claims, with different ticks. */
export interface AmbiguousMessage {
  readonly formats: readonly NativeFormat[];
}

/**
 * Ticks of a message of whatever format claims it; `undefined` where none does. Formats that claim a message without a
 * tick agree; where one of several has ticks, nothing is chosen.
 */
export function readNativeMessage(message: unknown): readonly TickInput[] | AmbiguousMessage | undefined {
  const formats: NativeFormat[] = [];
  let found: readonly TickInput[] | undefined;
  for (const format of NATIVE_FORMATS) {
    const ticks = READERS[format](message, false);
    if (ticks === undefined) continue;
    formats.push(format);
    if (found === undefined || found.length === 0) found = ticks;
  }
  return formats.length > 1 && found !== undefined && found.length > 0 ? { formats } : found;
}

/** Ticks of a message of a format that its sender named; `undefined` for one that is not of it. */
export function readNamedMessage(message: unknown, format: NativeFormat): readonly TickInput[] | undefined {
  return READERS[format](message, true);
}

/**
 * Whether a message without a tick has none although it may have all that a row in volgate's own form has: an order or
 * a liquidation has a symbol, a time and a price too.
 */
export function isFlatMessage(message: unknown, format?: NativeFormat): boolean {
  if (format !== undefined) return FLAT_FORMATS.includes(format);
  return FLAT_FORMATS.some((flat) => READERS[flat](message, false) !== undefined);
}

/** The formats that claim a message. */
export function formatsOf(message: unknown): readonly NativeFormat[] {
  return NATIVE_FORMATS.filter((format) => READERS[format](message, false) !== undefined);
}
