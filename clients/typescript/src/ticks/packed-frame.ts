// Ticks that are plain numbers as a packed frame, see docs/sockets.md; the gateway's own codec writes it.
import { encodeTickFrame, type SentSection } from "../../../../src/markets/tick-frame.ts";
import type { SentTick } from "./tick-sender-options.ts";

const FIELDS = ["ts", "price", "bid", "ask", "bidSize", "askSize", "size", "id", "side"] as const;
const BAR_FIELDS = ["barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"] as const;
const COLUMNS: ReadonlyMap<string, number> = new Map([...FIELDS, ...BAR_FIELDS].map((name, column) => [name, column]));
const SIDES: Readonly<Record<string, number>> = { buy: 1, sell: -1 };

export interface PackedFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** In the order of the frame, by which answers number them: those of a symbol stand together. */
  readonly ticks: readonly SentTick[];
}

/** `undefined` where a tick has anything that a packed frame cannot say, such as a number as a text. */
export function packedFrame(seq: number, ticks: readonly SentTick[]): PackedFrame | undefined {
  const sections: SentSection[] = [];
  const order: SentTick[] = [];
  for (const its of bySymbol(ticks)) {
    const rows = rowsOf(its);
    const { symbol = "", venue } = its[0]!;
    if (rows === undefined || typeof symbol !== "string" || !(typeof (venue ?? "") === "string")) return undefined;
    sections.push({ name: symbol, venue: venue ?? "", rows });
    for (const tick of its) order.push(tick);
  }
  try {
    return { bytes: encodeTickFrame(seq, sections), ticks: order };
  } catch (error) {
    // A name that is too long: as JSON the gateway refuses that tick alone.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function bySymbol(ticks: readonly SentTick[]): Iterable<readonly SentTick[]> {
  const groups = new Map<string, SentTick[]>();
  for (const tick of ticks) {
    const key = `${tick.symbol ?? ""}\n${tick.venue ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [tick]);
    else group.push(tick);
  }
  return groups.values();
}

function rowsOf(ticks: readonly SentTick[]): Float64Array | undefined {
  const rows = new Float64Array(ticks.length * COLUMNS.size).fill(NaN);
  for (const [row, tick] of ticks.entries()) {
    const fields = tick as Readonly<Record<string, unknown>>;
    for (const name in fields) {
      if (name === "symbol" || name === "venue") continue;
      const column = COLUMNS.get(name);
      const value = column === undefined ? undefined : numberOf(name, fields[name]);
      if (column === undefined || value === undefined) return undefined;
      rows[row * COLUMNS.size + column] = value;
    }
  }
  return rows;
}

/** NaN for an absent field; `undefined` for what is no plain number. */
function numberOf(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return NaN;
  if (name === "id") return idNumber(value);
  if (name === "side")
    return typeof value === "string" ? SIDES[value] : value === 1 || value === -1 ? value : undefined;
  if (name === "ts" && value instanceof Date) return value.getTime();
  return typeof value === "number" ? value : undefined;
}

/** Digits may be packed as a number; the gateway hashes any other text, which a packed frame cannot carry. */
function idNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}
