// The ticks of a frame's section as packed rows, without an object for each: what `parseTick` accepts, and its verdict
// on every other.
import { PackedTicks, QUOTE_FIELDS, TICK_FIELDS } from "../features/packed-ticks.ts";
import { symbolKey } from "../features/symbol-name.ts";
import { isRejection, LEAST_PRICE, MOST, parseTick, type TickRejection, type TickRules } from "../features/tick.ts";
import { tickIdNumber } from "../features/tick-id.ts";
import { MAX_TS_MS, MIN_TS_MS } from "../features/tick-time.ts";
import { MOST_VOLUME } from "../features/trade-flow.ts";
import type { TickSection } from "./tick-frame.ts";

/** Fields of a tick in the order of the columns. */
const FIELDS = [
  "ts",
  "price",
  "bid",
  "ask",
  "bidSize",
  "askSize",
  "size",
  "id",
  "side",
  "barTrades",
  "barVolume",
  "barQuoteVolume",
  "barTakerVolume",
] as const;

/** A tick that was refused. */
interface RefusedTick {
  /** Its place in the section. */
  readonly place: number;
  readonly rejection: TickRejection;
}

export interface PackedSection {
  /** The accepted ticks, packed. */
  readonly rows: Float64Array;
  /** Place of each row in the section; `undefined` when every tick was accepted. */
  readonly places: readonly number[] | undefined;
  readonly refused: readonly RefusedTick[];
}

/** How a section's ticks are named, and when they were received. */
export interface SectionReceipt {
  /** As `parseTick` takes them: the key of a symbol with a venue may stand in `symbol` alone. */
  readonly symbol: string;
  readonly venue: string;
  readonly receivedMs: number;
  readonly rules: TickRules;
}

/** Columns that were not sent: as many missing values as are read. */
let missing = new Float64Array(256).fill(NaN);

/**
 * Accepts and refuses as `parseTick` does on `{symbol, venue, ts, price, …}`, where `NaN` is a missing field and the
 * side is 1 for buy and −1 for sell.
 */
export function packSection(section: TickSection, receipt: SectionReceipt): PackedSection {
  if (symbolKey(receipt.symbol, receipt.venue) === undefined) return packOneByOne(section, receipt);
  const rows = new Float64Array(section.count * TICK_FIELDS).fill(NaN);
  const isFilled = fillRows(rows, section, receipt);
  return isFilled ? { rows, places: undefined, refused: [] } : packOneByOne(section, receipt);
}

/** Returns whether every tick is plainly right: `parseTick` would accept it, with these values. */
function fillRows(rows: Float64Array, { count, columns }: TickSection, { receivedMs, rules }: SectionReceipt): boolean {
  if (missing.length < count) missing = new Float64Array(count * 2).fill(NaN);
  const [ts = missing, price = missing, bid = missing, ask = missing] = columns;
  const [, , , , bidSize = missing, askSize = missing, size = missing, id = missing] = columns;
  const hasFlow = columns.some((column, k) => k >= QUOTE_FIELDS && column !== undefined);
  const flow = hasFlow ? columns.slice(QUOTE_FIELDS) : undefined;
  const mostTsMs = Math.min(MAX_TS_MS, receivedMs + rules.futureToleranceMs);
  const margin = rules.quoteMarginPercent / 100;
  for (let i = 0, at = 0; i < count; i++, at += TICK_FIELDS) {
    const tsMs = Math.floor(ts[i]!);
    if (!(tsMs >= MIN_TS_MS && tsMs <= mostTsMs)) return false;
    const p = price[i]!;
    const b = sideOf(bid[i]!);
    const a = sideOf(ask[i]!);
    if (!isPriceOrMissing(p) || !isPriceOrMissing(b) || !isPriceOrMissing(a)) return false;
    if (b > a || (Number.isNaN(p) && Number.isNaN(b + a))) return false;
    if (!Number.isNaN(b + a) && (p < b * (1 - margin) || p > a * (1 + margin))) return false;
    const bs = bidSize[i]!;
    const as = askSize[i]!;
    const s = size[i]!;
    if (!isAmountOrMissing(bs, MOST) || !isAmountOrMissing(as, MOST) || !isAmountOrMissing(s, MOST)) return false;
    const number = id[i]!;
    const isPlain = Number.isNaN(number) || (number >= 0 && Number.isSafeInteger(number));
    const tickId = isPlain ? number + 0 : tickIdNumber(number);
    if (tickId === undefined) return false;
    rows[at] = tsMs;
    rows[at + 1] = p;
    rows[at + 2] = b;
    rows[at + 3] = a;
    rows[at + 4] = bs + 0;
    rows[at + 5] = as + 0;
    rows[at + 6] = s + 0;
    rows[at + 7] = tickId;
    if (flow !== undefined && !fillFlow(rows, at + QUOTE_FIELDS, flow, i)) return false;
  }
  return true;
}

/** Returns whether each of its values can be read. */
function fillFlow(rows: Float64Array, at: number, flow: readonly (Float64Array | undefined)[], i: number): boolean {
  const side = flow[0]?.[i] ?? NaN;
  if (!Number.isNaN(side) && side !== 1 && side !== -1) return false;
  rows[at] = side;
  for (let k = 1; k < flow.length; k++) {
    const amount = flow[k]?.[i] ?? NaN;
    if (!isAmountOrMissing(amount, MOST_VOLUME)) return false;
    rows[at + k] = amount + 0;
  }
  const trades = rows[at + 1]!;
  return Number.isNaN(trades) || Number.isSafeInteger(trades);
}

/** A price of 0 is an empty side. */
function sideOf(price: number): number {
  return price === 0 ? NaN : price;
}

function isPriceOrMissing(x: number): boolean {
  return Number.isNaN(x) || (x >= LEAST_PRICE && x <= MOST);
}

function isAmountOrMissing(x: number, most: number): boolean {
  return Number.isNaN(x) || (x >= 0 && x <= most);
}

function packOneByOne(section: TickSection, { symbol, venue, receivedMs, rules }: SectionReceipt): PackedSection {
  const ticks = new PackedTicks(section.count);
  const [places, refused]: [number[], RefusedTick[]] = [[], []];
  for (let place = 0; place < section.count; place++) {
    const parsed = parseTick({ symbol, venue, ...tickInput(section, place) }, receivedMs, rules);
    if (isRejection(parsed)) refused.push({ place, rejection: parsed });
    else {
      ticks.add(parsed);
      places.push(place);
    }
  }
  return { rows: ticks.rows(), places, refused };
}

/** One tick of a section as `parseTick` takes it; a missing value is left out. */
export function tickInput({ columns }: TickSection, place: number): Record<string, number> {
  const input: Record<string, number> = {};
  FIELDS.forEach((field, k) => {
    const value = columns[k]?.[place] ?? NaN;
    if (!Number.isNaN(value)) input[field] = value;
  });
  return input;
}
