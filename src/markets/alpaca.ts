// Alpaca's market data streams, of stocks and crypto: objects with a type `T`, sent in lists.
import type { TickInput } from "../features/tick-fields.ts";
import { parseTsMs } from "../features/tick-time.ts";
import { plainText } from "../schemas/plain-text.ts";
import { ticksOfBar } from "./bar.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import type { NativeTicks } from "./native-ticks.ts";

const BAR_MS = 60_000;
/** Answers, and what corrects or repeats bars and trades or says when a market is open. */
const OTHERS = ["success", "subscription", "error", "u", "d", "o", "c", "x", "l", "s", "i", "n"];

/**
 * Ticks of trades (`t`), quotes (`q`) and minute bars (`b`, four ticks each, stamped with their start); other types
 * have none. Crypto trades name the taker's side (`tks`), trades of stocks name none.
 */
export function ticksOfAlpaca(value: unknown): NativeTicks {
  if (Array.isArray(value)) return value.length > 0 ? ticksOfList(value) : undefined;
  const message = jsonObject(value);
  if (message === undefined || typeof message["T"] !== "string" || "e" in message) return undefined;
  if ("symbol" in message) return undefined;
  const type = message["T"];
  if (OTHERS.includes(type) && ("S" in message || "msg" in message || type === "subscription")) return [];
  if (!("S" in message && "t" in message)) return undefined;
  if (type === "t") return [tradeOf(message)];
  if (type === "q") return [quoteOf(message)];
  return type === "b" ? ticksOfMinute(message) : undefined;
}

/** All of a list, or none: a list with anything else in it is not one of the stream's. */
function ticksOfList(list: readonly unknown[]): NativeTicks {
  const all = list.map((message) => (Array.isArray(message) ? undefined : ticksOfAlpaca(message)));
  return all.every((ticks) => ticks !== undefined) ? all.flat() : undefined;
}

function tradeOf({ S, t, p, s, i, tks }: JsonObject): TickInput {
  return { symbol: S, ts: t, price: p, size: s, id: i, side: tks };
}

function quoteOf({ S, t, bp, bs, ap, as }: JsonObject): TickInput {
  return { symbol: S, ts: t, price: undefined, bid: bp, ask: ap, bidSize: bs, askSize: as };
}

/** Volume and number of trades are the last tick's. A bar that contradicts itself becomes one tick that is refused. */
function ticksOfMinute({ S, t, o, h, l, c, v, n }: JsonObject): readonly TickInput[] {
  const timestamp_ms = parseTsMs(t) + BAR_MS;
  const ticks = ticksOfBar({ timestamp_ms, open: o, high: h, low: l, close: c }, plainText(S), BAR_MS);
  if (ticks === undefined) return [{ symbol: S, ts: t, price: undefined }];
  const last = ticks.length - 1;
  return ticks.map((tick, k) =>
    k === last ? { ...tick, symbol: S, barTrades: n, barVolume: v } : { ...tick, symbol: S },
  );
}
