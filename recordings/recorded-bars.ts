// CSV files of price bars: the header's columns, the symbol, and the length of the bars.
import { LEAST_PRICE, MOST } from "../src/features/tick.ts";
import { parseTsMs } from "../src/features/tick-time.ts";
import { ticksOfBar } from "../src/markets/bar.ts";
import { barLengthMs, HEAD_BARS } from "./bar-length.ts";
import { marketOfFile } from "./market-of-file.ts";
import type { RecordedRow, RowsOfLine } from "./recorded-row.ts";
import { recordingName } from "./recording-name.ts";
import type { RowRefusal } from "./recording-tally.ts";
import type { MarketContext } from "./table-markets.ts";
import type { TimeColumn } from "./time-column.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** A table that has all of these holds bars. */
export const BAR_COLUMNS = ["timestamp_ms", "open", "high", "low", "close"] as const;
const PRICES = ["open", "high", "low", "close"] as const;

interface Bar extends Readonly<Record<(typeof PRICES)[number], number>> {
  readonly timestamp_ms: number;
  readonly symbol: string;
  readonly place: number;
}

/** What a table needs to know of the recording that it is in. */
export interface TableContext extends MarketContext {
  readonly times: TimeColumn;
}

/**
 * Turns the rows of one table of bars into tick inputs; `timestamp_ms` (the bar's end), `open`, `high`, `low` and
 * `close` are read, and `symbol` where there is such a column. Without that column they belong to the symbol of
 * `marketOfFile`.
 *
 * Their length is that of `barLengthMs`; the first 100 bars are held back until it is known.
 */
export class RecordedBars {
  /** Length of the bars in ms, once it is known. */
  stepMs: number | undefined;
  readonly ignored: readonly string[];
  private readonly path: string;
  private readonly times: TimeColumn;
  private readonly width: number;
  private readonly timePosition: number;
  private readonly pricePositions: readonly number[];
  private readonly symbolPosition: number;
  private readonly symbol: string;
  private readonly namedMs: number | undefined;
  private head: Bar[] = [];

  /**
   * @param columns the header; all of `BAR_COLUMNS` are in it.
   * @throws UnreadableFileError when nothing gives a symbol.
   */
  constructor({ path, wanted, times, kept }: TableContext, columns: readonly string[]) {
    this.path = path;
    this.times = times;
    this.width = columns.length;
    this.timePosition = columns.indexOf("timestamp_ms");
    this.pricePositions = PRICES.map((column) => columns.indexOf(column));
    this.symbolPosition = columns.indexOf("symbol");
    this.ignored = columns.filter((name) => name !== "symbol" && !BAR_COLUMNS.some((read) => read === name));
    const symbol = this.symbolPosition < 0 ? marketOfFile(path, wanted, kept, "bars") : "";
    if (symbol === undefined) {
      throw new UnreadableFileError(path, "got bars without a symbol, expected a name as BTC-USD_1m.csv, or --symbol");
    }
    this.symbol = symbol;
    this.namedMs = recordingName(path).stepMs;
  }

  /**
   * The four rows of a bar, none for one that is held back, then those of all that were; a refusal for a cut or
   * malformed one.
   * @throws UnreadableFileError when name and stamps do not agree on the length, and for a time in another unit.
   */
  rowsOfCells(cells: readonly string[], place: number): RowsOfLine {
    if (cells.length !== this.width) return notABar("row", `${cells.length} cells`, `${this.width} cells`);
    const stamp = this.times.msOf(cells[this.timePosition], place);
    const timestamp_ms = parseTsMs(stamp);
    if (Number.isNaN(timestamp_ms))
      return { ...notABar("timestamp_ms", String(stamp), "a time"), reason: "ts_malformed" };
    const bar = this.barOf(cells, timestamp_ms, place);
    if ("reason" in bar) return bar;
    if (this.stepMs !== undefined) return rowsOf(bar, this.stepMs);
    this.head.push(bar);
    return this.head.length < HEAD_BARS ? [] : this.rest();
  }

  /** Rows of the bars that are still held back, at the file's end. Throws as `rowsOfCells`. */
  rest(): readonly RecordedRow[] {
    const bars = this.head;
    if (bars.length === 0) return [];
    const length = barLengthMs(this.namedMs, distancesMs(bars));
    if (typeof length === "string") throw new UnreadableFileError(this.path, length);
    this.stepMs = length;
    this.head = [];
    return bars.flatMap((bar) => rowsOf(bar, length));
  }

  /** A bar with one price that no tick may have is none: without that tick its range would be too small. */
  private barOf(cells: readonly string[], timestamp_ms: number, place: number): Bar | RowRefusal {
    const prices = [NaN, NaN, NaN, NaN] as [number, number, number, number];
    for (let k = 0; k < PRICES.length; k++) {
      const cell = cells[this.pricePositions[k]!]!.trim();
      const price = cell === "" ? NaN : Number(cell);
      if (!(price >= LEAST_PRICE && price <= MOST)) {
        return notABar(PRICES[k]!, cell === "" ? "nothing" : cell, `a number from ${LEAST_PRICE} to ${MOST}`);
      }
      prices[k] = price;
    }
    const [open, high, low, close] = prices;
    if (close > high || close < low) return notABar("close", String(close), `a price from low ${low} to high ${high}`);
    const symbol = this.symbolPosition < 0 ? this.symbol : cells[this.symbolPosition]!.trim();
    return { timestamp_ms, open, high, low, close, symbol, place };
  }
}

function rowsOf(bar: Bar, stepMs: number): RecordedRow[] {
  const { place } = bar;
  return (ticksOfBar(bar, bar.symbol, stepMs) ?? []).map((input) => ({ input, place }));
}

function notABar(field: string, got: string, expected: string): RowRefusal {
  return { reason: "not_a_bar", field, got, expected };
}

/** Between neighbouring bars of one symbol, in either direction of time; two with one stamp have none. */
function distancesMs(bars: readonly Bar[]): number[] {
  const last = new Map<string, number>();
  const distances: number[] = [];
  for (const { symbol, timestamp_ms } of bars) {
    const distance = Math.abs(timestamp_ms - (last.get(symbol) ?? timestamp_ms));
    if (distance > 0) distances.push(distance);
    last.set(symbol, timestamp_ms);
  }
  return distances;
}
