// Hyperliquid: `{channel, data}`.
import type { TickInput } from "../features/tick-fields.ts";
import { plainText } from "../schemas/plain-text.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";
import { msOfEpoch, type NativeTicks, objectsOf } from "./native-ticks.ts";

const OTHERS = [
  ...["subscriptionResponse", "pong", "error", "allMids", "candle", "activeAssetCtx", "activeSpotAssetCtx"],
  ...["activeAssetData", "notification", "orderUpdates", "user", "userEvents", "userFills", "userFundings", "webData2"],
];

/**
 * Ticks of `trades`, `bbo` and the top of `l2Book`; other channels have none, nor has a book with an empty side. `B` is
 * a trade that the buyer took, `A` one that the seller took. Spot pairs without a name, as `@107`, are refused as
 * symbols: an `@` sets a venue apart.
 */
export function ticksOfHyperliquid(value: unknown): NativeTicks {
  const message = jsonObject(value);
  if (message === undefined) return undefined;
  const { channel, data } = message;
  if (channel === "trades" && Array.isArray(data)) return objectsOf(data).map(tradeOf);
  const fields = jsonObject(data);
  if (channel === "bbo" && Array.isArray(fields?.["bbo"])) return quoteOf(fields, fields["bbo"]);
  if (channel === "l2Book" && Array.isArray(fields?.["levels"])) {
    return quoteOf(
      fields,
      fields["levels"].map((side: unknown): unknown => (Array.isArray(side) ? side[0] : undefined)),
    );
  }
  const isOther = OTHERS.includes(plainText(channel)) && ("data" in message || channel === "pong");
  return isOther && !("events" in message) ? [] : undefined;
}

function tradeOf({ coin, side, px, sz, time, tid }: JsonObject): TickInput {
  const taker = side === "A" ? "sell" : side === "B" ? "buy" : side;
  return { symbol: coin, ts: msOfEpoch(time), price: px, size: sz, id: tid, side: taker };
}

function quoteOf({ coin, time }: JsonObject, [bids, asks]: readonly unknown[]): readonly TickInput[] {
  const [bid, ask] = [jsonObject(bids), jsonObject(asks)];
  if (bid === undefined || ask === undefined) return [];
  const prices = { bid: bid["px"], ask: ask["px"], bidSize: bid["sz"], askSize: ask["sz"] };
  return [{ symbol: coin, ts: msOfEpoch(time), price: undefined, ...prices }];
}
