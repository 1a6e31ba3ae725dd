// What was traded with a tick: the side of a trade, or the counts and volumes of a bar.
import { parseDecimal } from "./decimal.ts";
import { isMissing } from "./missing-value.ts";
import type { TickInput } from "./tick-fields.ts";

/** Every field is `NaN` where it is not known. A bar has its values on the last of its ticks. */
export interface TradeFlow {
  /** 1 when the buyer took the trade, −1 when the seller did. */
  readonly side: number;
  /** Trades in the bar. */
  readonly barTrades: number;
  /** Volume of the bar in units of the base. */
  readonly barVolume: number;
  /** Volume of the bar in units of the quote. */
  readonly barQuoteVolume: number;
  /** Volume of the bar that buyers took, in units of the base. */
  readonly barTakerVolume: number;
}

export const FLOW_FIELDS = ["side", "barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"] as const;
const AMOUNTS = ["barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"] as const;
/** Quote volumes of a day in a currency of small units are larger than prices and sizes may be. */
export const MOST_VOLUME = 1e18;

/** `a`, `b` and `n` are Databento's. */
const SIDES: ReadonlyMap<string, number> = new Map([
  ...["buy", "b", "bid", "1"].map((text) => [text, 1] as const),
  ...["sell", "s", "ask", "a", "-1"].map((text) => [text, -1] as const),
  ...["unknown", "none", "n", "0"].map((text) => [text, NaN] as const),
]);

/** Names of the fields in the reasons of a refusal. */
const REASON_NAMES = {
  barTrades: "bar_trades",
  barVolume: "bar_volume",
  barQuoteVolume: "bar_quote_volume",
  barTakerVolume: "bar_taker_volume",
} as const;
type Fault = "not_finite" | "negative" | "out_of_range";

/** A field that cannot be read. */
export interface FlowFault {
  readonly field: (typeof FLOW_FIELDS)[number];
  readonly reason:
    "side_malformed" | "bar_trades_malformed" | `${(typeof REASON_NAMES)[keyof typeof REASON_NAMES]}_${Fault}`;
  readonly expected: string;
}

/** The flow of a tick, `undefined` where nothing is known of it, or the first field that cannot be read. */
export function parseTradeFlow(raw: TickInput): TradeFlow | FlowFault | undefined {
  if (FLOW_FIELDS.every((field) => raw[field] === undefined || raw[field] === null)) return undefined;
  const side = parseSide(raw.side);
  if (side === undefined) {
    return { field: "side", reason: "side_malformed", expected: "buy or sell, of who took the trade" };
  }
  const flow = { side, barTrades: NaN, barVolume: NaN, barQuoteVolume: NaN, barTakerVolume: NaN };
  for (const field of AMOUNTS) {
    const amount = parseAmount(raw[field]);
    if (typeof amount !== "number") {
      return { field, reason: `${REASON_NAMES[field]}_${amount}`, expected: `a number from 0 to ${MOST_VOLUME}` };
    }
    flow[field] = amount;
  }
  if (!Number.isNaN(flow.barTrades) && !Number.isSafeInteger(flow.barTrades)) {
    return { field: "barTrades", reason: "bar_trades_malformed", expected: "a whole number from 0 to 2^53" };
  }
  return FLOW_FIELDS.every((field) => Number.isNaN(flow[field])) ? undefined : flow;
}

function parseSide(value: unknown): number | undefined {
  if (value === undefined || value === null) return NaN;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value).trim().toLowerCase();
  return isMissing(text) ? NaN : SIDES.get(text);
}

/** `NaN` if missing; never −0. */
function parseAmount(value: unknown): number | Fault {
  if (value === undefined || value === null) return NaN;
  const x = parseDecimal(value);
  if (x >= 0 && x <= MOST_VOLUME) return x + 0;
  if (!Number.isFinite(x)) return "not_finite";
  return x > 0 ? "out_of_range" : "negative";
}
