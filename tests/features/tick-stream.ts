// Tick streams for the tests: packed by hand, drawn by fast-check, or made from integers alone, the same in every
// runtime.
import fc from "fast-check";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { linearCongruential } from "./linear-congruential.ts";

export interface StreamTick {
  readonly ts: number;
  readonly price: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly bidSize?: number;
  readonly askSize?: number;
  readonly size?: number;
  readonly id?: number;
  readonly side?: number;
  readonly barTrades?: number;
  readonly barVolume?: number;
  readonly barQuoteVolume?: number;
  readonly barTakerVolume?: number;
}

/** A whole number of seconds that begins a minute, as the origin of every stream. */
export const START_MS = 1_764_547_200_000;

export function pack(ticks: readonly StreamTick[]): Float64Array {
  const rows = new Float64Array(ticks.length * TICK_FIELDS).fill(NaN);
  ticks.forEach((t, i) => {
    const bar = [t.barTrades, t.barVolume, t.barQuoteVolume, t.barTakerVolume];
    const fields = [t.ts, t.price, t.bid, t.ask, t.bidSize, t.askSize, t.size, t.id, t.side, ...bar];
    fields.forEach((x, k) => (rows[i * TICK_FIELDS + k] = x ?? NaN));
  });
  return rows;
}

/** What happens next in a drawn stream; `ahead` is in ms after the newest tick so far. */
const EVENT = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant("tick"), ahead: fc.integer({ min: 0, max: 2500 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("quote"), ahead: fc.integer({ min: 0, max: 2500 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("again"), ahead: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("late"), ahead: fc.integer({ min: -20_000, max: -1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hole"), ahead: fc.integer({ min: 9_000, max: 70_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gap"), ahead: fc.integer({ min: 290_000, max: 900_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("outlier"), ahead: fc.constant(40_000_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("early"), ahead: fc.integer({ min: 2000, max: 6000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("jump"), ahead: fc.integer({ min: 0, max: 900 }) }) },
);

const BOOK = fc.record({
  move: fc.integer({ min: -40, max: 40 }),
  quoted: fc.integer({ min: 0, max: 9 }),
  halfSpread: fc.integer({ min: 1, max: 30 }),
  bidSize: fc.integer({ min: 0, max: 500 }),
  flow: fc.integer({ min: 0, max: 11 }),
});

/**
 * Streams with holes, gaps, repeats, late and early ticks, outliers, lone wrong prices, trades without quotes, quotes
 * without trades, trades with and without size and side, and bars.
 */
export const STREAM: fc.Arbitrary<readonly StreamTick[]> = fc
  .array(fc.tuple(EVENT, BOOK), { minLength: 1, maxLength: 260, size: "max" })
  .map((events) => {
    const ticks: StreamTick[] = [];
    let newest = START_MS;
    let cents = 6_000_000;
    for (const [{ kind, ahead }, book] of events) {
      if (kind === "again" && ticks.length > 0) {
        ticks.push(ticks.at(-1)!);
        continue;
      }
      const ts = newest + ahead;
      if (kind === "tick" || kind === "quote" || kind === "hole" || kind === "gap") newest = ts;
      cents += book.move;
      if (kind === "jump") {
        ticks.push({ ts, price: cents / 33 });
        continue;
      }
      // A quote alone has a bid and an ask: else it would be no tick.
      const alone =
        kind === "quote" ? { price: NaN, ...quote(cents, { ...book, quoted: Math.max(1, book.quoted) }) } : {};
      ticks.push({ ts, price: cents / 100, ...quote(cents, book), ...flow(book), ...alone });
    }
    return ticks;
  });

/** Of most ticks a trade's size, of some a bar's amounts. */
function flow({ flow: kind, bidSize }: { flow: number; bidSize: number }): Partial<StreamTick> {
  if (kind === 0) return {};
  if (kind < 8) return { size: bidSize / 7, ...(kind < 5 ? { side: kind < 3 ? 1 : -1 } : {}) };
  const bar = { barVolume: bidSize / 3, barTrades: bidSize, barTakerVolume: bidSize / 5 };
  return kind < 10 ? bar : kind === 10 ? { barQuoteVolume: bidSize * 1000 } : { barVolume: bidSize / 3 };
}

function quote(cents: number, book: { quoted: number; halfSpread: number; bidSize: number }): Partial<StreamTick> {
  if (book.quoted === 0) return {};
  const prices = { bid: (cents - book.halfSpread) / 100, ask: (cents + book.halfSpread) / 100 };
  return book.quoted === 1 ? prices : { ...prices, bidSize: book.bidSize, askSize: 250 };
}

/**
 * `count` ticks from a 32-bit linear congruential generator: a random walk with calm and wild stretches, a tick about
 * every 400 ms, one tick in 16 late or repeated, and a gap every 20,000 ticks.
 */
export function integerStream(count: number, seed: number): StreamTick[] {
  const next = linearCongruential(seed);
  const below = (n: number): number => (next() >>> 8) % n;
  const ticks: StreamTick[] = [];
  let ts = START_MS;
  let cents = 6_000_000;
  for (let i = 0; i < count; i++) {
    const special = below(16);
    if (special === 0 && i > 0) {
      const previous = ticks[i - 1]!;
      ticks.push(below(2) === 0 ? previous : { ...previous, ts: previous.ts - 5000 });
      continue;
    }
    ts += i % 20_000 === 19_999 ? 400_000 : below(800);
    const wild = (i >> 9) % 4 === 0 ? 60 : 12;
    cents += below(2 * wild + 1) - wild;
    const half = 1 + below(20);
    const book = below(10) === 0 ? {} : { bid: (cents - half) / 100, ask: (cents + half) / 100 };
    const sizes = below(8) === 0 ? {} : { bidSize: below(400), askSize: 1 + below(400) };
    ticks.push({ ts, price: (cents + below(5) - 2) / 100, ...book, ...sizes, id: i });
  }
  return ticks;
}

/**
 * `integerStream` with what was traded: of 512 ticks trades with size and side, of 512 trades with size, of 512 bars of
 * several kinds, of 512 nothing, in turn; now and then a quote without a trade.
 */
export function flowStream(count: number, seed: number): StreamTick[] {
  const next = linearCongruential(seed + 1);
  const below = (n: number): number => (next() >>> 8) % n;
  return integerStream(count, seed).map((tick, i) => {
    const amount = below(40) === 0 ? 0 : (1 + below(9999)) / 100;
    const side = below(2) === 0 ? 1 : -1;
    const hasBid = tick.bid !== undefined;
    if (hasBid && below(4) === 0) return { ...tick, price: NaN };
    const taker = below(3) === 0 ? {} : { barTakerVolume: amount / 4 };
    const trades = below(9) === 0 ? {} : { barTrades: 1 + below(50) };
    const volume = below(5) === 0 ? { barQuoteVolume: amount * 60_000 } : { barVolume: amount };
    const kinds = [{ size: amount, side }, { size: amount }, { ...volume, ...taker, ...trades }, {}];
    return { ...tick, ...kinds[(i >> 9) % 4] };
  });
}
