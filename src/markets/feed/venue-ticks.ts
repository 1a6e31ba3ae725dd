// What the protocols of the venues share: ticks of trades and of quotes with the venue's product and numbers.
import type { TickInput } from "../../features/tick-fields.ts";
import type { NativeTicks } from "../native-ticks.ts";
import { plainNumber } from "../../schemas/plain-number.ts";
import { plainText } from "../../schemas/plain-text.ts";
import type { VenueMessage, VenueTick } from "./venue-protocol.ts";

/** Ids of trades that are counted: digits that a number holds exactly. */
const NUMBER = /^\d{1,15}$/;

/** The tick of a trade on a venue that counts a product's trades. @param count how many trades it sums up. */
export function numberedTrade(input: TickInput, count = 1): VenueTick {
  const last = numberOf(input.id);
  if (last === undefined || !(count >= 1 && count <= last + 1)) return unnumbered(input);
  return { input, product: productOf(input), trade: { first: last - count + 1, last } };
}

/** A tick without a number: a quote, or a trade of a venue that does not count its trades. */
export function unnumbered(input: TickInput): VenueTick {
  return { input, product: productOf(input) };
}

/** The quote of a ticker that repeats the last trade: a trade must be counted once. */
export function quoteOfTicker({ symbol, ts, bid, ask, bidSize, askSize }: TickInput): VenueTick {
  return unnumbered({ symbol, ts, price: undefined, bid, ask, bidSize, askSize });
}

/** A message of ticks as its reader gave them: none is a message without a tick, `undefined` one of no known form. */
export function tickMessage(inputs: NativeTicks, tickOf: (input: TickInput, at: number) => VenueTick): VenueMessage {
  if (inputs === undefined) return { kind: "unknown" };
  return inputs.length === 0 ? { kind: "other" } : { kind: "ticks", ticks: inputs.map(tickOf) };
}

/** An answer that lists all that a connection is subscribed to; one without a product yet says nothing. */
export function subscribedMessage(products: readonly string[]): VenueMessage {
  return products.length === 0 ? { kind: "other" } : { kind: "subscribed", products };
}

/** The same ticks, those of each product in the order of its numbers: some venues send the newest first. */
export function inTradeOrder(ticks: readonly VenueTick[]): readonly VenueTick[] {
  const byProduct = new Map<string, VenueTick[]>();
  for (const tick of ticks) {
    const its = byProduct.get(tick.product);
    if (its === undefined) byProduct.set(tick.product, [tick]);
    else its.push(tick);
  }
  return [...byProduct.values()].flatMap((its) =>
    its.toSorted((a, b) => (a.trade === undefined || b.trade === undefined ? 0 : a.trade.first - b.trade.first)),
  );
}

/** Consecutive parts of a list, each at most this long. */
export function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
}

/** Texts of a list of anything. */
export function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === "string") : [];
}

/** A number that a message counts with; `undefined` for anything else. */
export function counterOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

function productOf({ symbol }: TickInput): string {
  return typeof symbol === "string" ? symbol : "";
}

function numberOf(id: unknown): number | undefined {
  return NUMBER.test(plainText(id)) ? plainNumber(id) : undefined;
}
