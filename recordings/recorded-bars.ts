// CSV files of price bars: the header's columns, the symbol, and the length of the bars.
import { ticksOfBar } from "../src/markets/bar.ts";
import { barFileName } from "./bar-file-name.ts";
import { barLengthMs, HEAD_BARS } from "./bar-length.ts";
import { UnreadableFileError } from "./file-lines.ts";

/** A table that has all of these holds bars. */
export const BAR_COLUMNS = ["timestamp_ms", "open", "high", "low", "close"] as const;

interface Bar extends Readonly<Record<(typeof BAR_COLUMNS)[number], string | undefined>> {
  readonly symbol: string;
}

/**
 * Turns the rows of one table of bars into tick inputs; `timestamp_ms` (the bar's end), `open`, `high`, `low` and
 * `close` are read, and `symbol` where there is such a column.
 *
 * Without that column the bars belong to the symbol that the file's name gives for certain (see `barFileName`), so that
 * one of several files can be chosen by its symbol; else to the symbol given; else to what the name begins with. Where
 * the name's symbol is the one given in another spelling (`btcusd`, BTC-USD), it is the one given.
 *
 * Their length is that of `barLengthMs`; the first 100 bars are held back until it is known.
 */
export class RecordedBars {
  private readonly path: string;
  private readonly width: number;
  private readonly positions: readonly number[];
  private readonly symbolPosition: number;
  private readonly symbol: string;
  private readonly namedMs: number | undefined;
  private stepMs: number | undefined;
  private head: Bar[] = [];

  /**
   * @param path only its name is used.
   * @param columns the header; all of `BAR_COLUMNS` are in it.
   * @param given the symbol when neither column nor name gives one.
   * @throws UnreadableFileError when nothing gives a symbol.
   */
  constructor(path: string, columns: readonly string[], given?: string) {
    const { symbol, likelySymbol, stepMs } = barFileName(path);
    this.path = path;
    this.width = columns.length;
    this.positions = BAR_COLUMNS.map((column) => columns.indexOf(column));
    this.symbolPosition = columns.indexOf("symbol");
    const named = symbol !== undefined && given !== undefined && isSameMarket(symbol, given) ? given : symbol;
    const found = named ?? given ?? likelySymbol;
    if (found === undefined && this.symbolPosition < 0) {
      throw new UnreadableFileError(path, "expected a name that begins with a symbol, or --symbol");
    }
    this.symbol = found ?? "";
    this.namedMs = stepMs;
  }

  /**
   * The four inputs of `parseTick` of a bar, none for one that is held back, then those of all that were; `"not_a_bar"`
   * for a cut or malformed row.
   * @throws UnreadableFileError when name and stamps do not agree on the length.
   */
  inputsOfCells(cells: readonly string[]): readonly unknown[] | "not_a_bar" {
    if (cells.length !== this.width) return "not_a_bar";
    const bar = this.barOf(cells);
    // Whether a row is a bar does not depend on the length.
    const inputs = ticksOfBar(bar, bar.symbol, this.stepMs);
    if (inputs === undefined) return "not_a_bar";
    if (this.stepMs !== undefined) return inputs;
    this.head.push(bar);
    return this.head.length < HEAD_BARS ? [] : this.rest();
  }

  /** Inputs of the bars that are still held back, at the file's end. Throws as `inputsOfCells`. */
  rest(): readonly unknown[] {
    const bars = this.head;
    if (bars.length === 0) return [];
    const length = barLengthMs(this.namedMs, distancesMs(bars));
    if (typeof length === "string") throw new UnreadableFileError(this.path, length);
    this.stepMs = length;
    this.head = [];
    return bars.flatMap((bar) => ticksOfBar(bar, bar.symbol, length) ?? []);
  }

  private barOf(cells: readonly string[]): Bar {
    const [timestamp_ms, open, high, low, close] = this.positions.map((position) => cells[position]);
    const symbol = this.symbolPosition < 0 ? this.symbol : cells[this.symbolPosition]!.trim();
    return { timestamp_ms, open, high, low, close, symbol };
  }
}

/** Between neighbouring bars of one symbol, in either direction of time; two with one stamp have none. */
function distancesMs(bars: readonly Bar[]): number[] {
  const last = new Map<string, number>();
  const distances: number[] = [];
  for (const { symbol, timestamp_ms } of bars) {
    const endMs = Number(timestamp_ms);
    const distance = Math.abs(endMs - (last.get(symbol) ?? endMs));
    if (distance > 0) distances.push(distance);
    last.set(symbol, endMs);
  }
  return distances;
}

function isSameMarket(a: string, b: string): boolean {
  const plain = (symbol: string): string => symbol.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return plain(a) === plain(b);
}
