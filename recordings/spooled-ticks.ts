// Ticks as bytes of a temporary file: every field as it is, bit for bit.
import type { Tick } from "../src/features/tick.ts";
import { FLOW_FIELDS } from "../src/features/trade-flow.ts";

const FIELDS = ["tsMs", "price", "bid", "ask", "bidSize", "askSize", "size", "id"] as const;
const [PLACE, SYMBOL, FLAGS] = [0, 1, 2];
const FIRST_FIELD = 3;
const FIRST_FLOW = FIRST_FIELD + FIELDS.length;
const WORDS = FIRST_FLOW + FLOW_FIELDS.length;
const [HAS_FLOW, IS_JUDGED] = [1, 2];

export const TICK_BYTES = 8 * WORDS;

interface Placed {
  readonly tick: Tick;
  readonly place: number;
}

/** Keeps the symbols in memory: the bytes are for the same object to read. */
export class SpooledTicks {
  private readonly symbols: string[] = [];
  private readonly indices = new Map<string, number>();

  encode(ticks: readonly Placed[]): Uint8Array {
    const words = new Float64Array(WORDS * ticks.length);
    for (const [i, { tick, place }] of ticks.entries()) {
      const at = i * WORDS;
      words[at + PLACE] = place;
      words[at + SYMBOL] = this.indexOf(tick.symbol);
      words[at + FLAGS] = (tick.flow === undefined ? 0 : HAS_FLOW) + (tick.isJudged === true ? IS_JUDGED : 0);
      for (const [k, field] of FIELDS.entries()) words[at + FIRST_FIELD + k] = tick[field];
      for (const [k, field] of FLOW_FIELDS.entries()) words[at + FIRST_FLOW + k] = tick.flow?.[field] ?? NaN;
    }
    return new Uint8Array(words.buffer);
  }

  /** @param bytes whole ticks, which begin at a multiple of 8 bytes of their buffer. */
  decode(bytes: Uint8Array): Placed[] {
    const words = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
    return Array.from({ length: words.length / WORDS }, (_, i) => {
      const at = i * WORDS;
      const field = (k: number): number => words[at + FIRST_FIELD + k]!;
      const [tsMs, price, bid, ask] = [field(0), field(1), field(2), field(3)];
      const tick: Tick = {
        ...{ symbol: this.symbols[words[at + SYMBOL]!]!, tsMs, price, bid, ask },
        ...{ bidSize: field(4), askSize: field(5), size: field(6), id: field(7) },
      };
      return { tick: { ...tick, ...this.extras(words, at) }, place: words[at + PLACE]! };
    });
  }

  private extras(words: Float64Array, at: number): Partial<Tick> {
    const flags = words[at + FLAGS]!;
    const word = (k: number): number => words[at + FIRST_FLOW + k]!;
    const flow = {
      side: word(0),
      barTrades: word(1),
      barVolume: word(2),
      barQuoteVolume: word(3),
      barTakerVolume: word(4),
    };
    return { ...((flags & HAS_FLOW) === 0 ? {} : { flow }), ...((flags & IS_JUDGED) === 0 ? {} : { isJudged: true }) };
  }

  private indexOf(symbol: string): number {
    const known = this.indices.get(symbol);
    if (known !== undefined) return known;
    this.symbols.push(symbol);
    this.indices.set(symbol, this.symbols.length - 1);
    return this.symbols.length - 1;
  }
}
