// Tables of price bars: checks each bar, and finds the length that all of them have.
import { LEAST_PRICE, MOST } from "../src/features/tick.ts";
import { parseTsMs } from "../src/features/tick-time.ts";
import { isMissing } from "../src/features/missing-value.ts";
import { MOST_VOLUME, type TradeFlow } from "../src/features/trade-flow.ts";
import { barLengthMs, HEAD_BARS } from "./bar-length.ts";
import { BarTicks, type BarValues } from "./bar-ticks.ts";
import { cellAt } from "./csv-cells.ts";
import { numberOfCell, readNumbers } from "./fast-decimal.ts";
import { type Layout, type LayoutInput, OHLC, type RowField } from "./layouts/layout.ts";
import type { TablePlan } from "./layouts/table-plan.ts";
import type { ReadingOptions } from "./reading-options.ts";
import type { RecordedBar, RowsOfLine } from "./recorded-row.ts";
import { recordingName } from "./recording-name.ts";
import type { RowRefusal } from "./recording-tally.ts";
import { type MarketContext, TableMarkets } from "./table-markets.ts";
import type { TimeColumn } from "./time-column.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

const VOLUMES = ["barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"] as const;

/** What a table needs to know of the recording that it is in. */
export interface TableContext extends MarketContext {
  readonly times: TimeColumn;
  readonly reading: ReadingOptions;
}

/**
 * Turns the rows of one table of bars into ticks. A stamp is the start or the end of its bar by the layout or by
 * `--stamp`. Without a column for the symbol they belong to that of `marketOfFile`.
 *
 * The length is that of `barLengthMs`; the first 100 bars are held back until it is known.
 */
export class RecordedBars {
  /** Length of the bars in ms, once it is known. */
  stepMs: number | undefined;
  readonly stamp: "start" | "end";
  private readonly path: string;
  private readonly times: TimeColumn;
  private readonly plan: TablePlan;
  private readonly layout: Layout;
  private readonly markets: TableMarkets;
  private readonly timeColumn: number;
  private readonly closeTimeColumn: number;
  private readonly venueColumn: number;
  private readonly priceColumns: readonly number[];
  private readonly volumeColumns: readonly number[];
  private readonly hasVolumes: boolean;
  private readonly namedMs: number | undefined;
  /** Whether a bar is numbers alone, of one market: then its line is read without making cells. */
  private readonly isPlain: boolean;
  private readonly needed: readonly boolean[];
  private readonly numbers: Float64Array;
  private head: BarValues[] = [];
  private headEndMs = NaN;

  /** @throws UnreadableFileError when nothing gives a symbol, or the meaning of the stamps is unknown. */
  constructor(context: TableContext, plan: TablePlan) {
    const { path, times, reading } = context;
    const { layout, fields } = plan;
    const columnOf = (field: RowField): number => fields.get(field) ?? -1;
    this.path = path;
    this.times = times;
    this.plan = plan;
    this.layout = layout;
    this.stamp = stampOf(path, layout, reading);
    this.markets = new TableMarkets(context, plan);
    this.timeColumn = columnOf("ts");
    this.closeTimeColumn = columnOf("closeTime");
    this.venueColumn = columnOf("venue");
    this.priceColumns = OHLC.map(columnOf);
    this.volumeColumns = VOLUMES.map(columnOf);
    this.hasVolumes = this.volumeColumns.some((column) => column >= 0);
    this.isPlain =
      layout.adjust === undefined &&
      this.venueColumn < 0 &&
      this.markets.constant !== undefined &&
      plan.keepers.length === 0;
    const wanted = new Set([...this.priceColumns, ...this.volumeColumns]);
    this.needed = plan.names.map((_, column) => wanted.has(column));
    this.numbers = new Float64Array(plan.names.length);
    this.namedMs = layout.lengthOfName?.(path) ?? recordingName(path).stepMs;
  }

  /** Columns whose cells are needed. */
  get positions(): readonly number[] {
    return [...new Set([...this.plan.fields.values(), ...this.markets.positions])];
  }

  /**
   * The ticks of a bar, none for one that is held back, then those of all that were; a refusal for a cut or malformed
   * one.
   * @throws UnreadableFileError when name and stamps do not agree on the length, and for a time in another unit.
   */
  rowsOfCells(cells: readonly unknown[], place: number): RowsOfLine {
    const { width } = this;
    if (cells.length !== width) return notABar("row", `${cells.length} cells`, `${width} cells`);
    const stamp = this.times.msOf(cells[this.timeColumn], place);
    const stampMs = typeof stamp === "number" ? stamp : parseTsMs(stamp);
    if (!Number.isFinite(stampMs)) {
      return { ...notABar(this.plan.names[this.timeColumn]!, textOf(stamp), "a time"), reason: "ts_malformed" };
    }
    const bar = this.barOf(this.adjusted(cells), stampMs, place);
    if ("reason" in bar) return bar;
    if (this.stepMs !== undefined) return [this.ticksOf(bar, this.stepMs)];
    if (this.head.length === 0) this.headEndMs = this.endOf(cells, place);
    this.head.push(bar);
    return this.head.length < HEAD_BARS ? [] : this.rest();
  }

  /**
   * As `rowsOfCells` for a line without quotes, several times as fast; `undefined` for one that has anything unusual
   * and must be read by its cells.
   */
  rowsOfPlainLine(line: string, separator: string, place: number): RowsOfLine | undefined {
    const { stepMs, numbers } = this;
    if (stepMs === undefined || !this.isPlain) return undefined;
    if (!readNumbers(line, separator.charCodeAt(0), this.needed, numbers)) return undefined;
    const stamp = this.times.msOf(cellAt(line, separator, this.timeColumn), place);
    if (typeof stamp !== "number") return undefined;
    const bar = this.barOfNumbers(numbers, stamp, place);
    return bar === undefined ? undefined : [this.ticksOf(bar, stepMs)];
  }

  /** `undefined` for what `barOf` would refuse, or where a cell is empty. */
  private barOfNumbers(numbers: Float64Array, startMs: number, place: number): BarValues | undefined {
    const { priceColumns, volumeColumns } = this;
    const open = numbers[priceColumns[0]!]!;
    const high = numbers[priceColumns[1]!]!;
    const low = numbers[priceColumns[2]!]!;
    const close = numbers[priceColumns[3]!]!;
    const isRight = low >= LEAST_PRICE && high <= MOST && low <= open && open <= high && low <= close && close <= high;
    if (!isRight) return undefined;
    let flow: TradeFlow | undefined;
    if (this.hasVolumes) {
      const barTrades = volumeOf(numbers, volumeColumns[0]!);
      const barVolume = volumeOf(numbers, volumeColumns[1]!);
      const barQuoteVolume = volumeOf(numbers, volumeColumns[2]!);
      const barTakerVolume = volumeOf(numbers, volumeColumns[3]!);
      const isKnown = barTrades >= 0 && barVolume >= 0 && barQuoteVolume >= 0 && barTakerVolume >= 0;
      if (!isKnown || Math.max(barVolume, barQuoteVolume, barTakerVolume) > MOST_VOLUME) return undefined;
      if (!Number.isSafeInteger(barTrades) || barTakerVolume > barVolume) return undefined;
      flow = {
        side: NaN,
        barTrades: volumeColumns[0]! < 0 ? NaN : barTrades,
        barVolume: volumeColumns[1]! < 0 ? NaN : barVolume,
        barQuoteVolume: volumeColumns[2]! < 0 ? NaN : barQuoteVolume,
        barTakerVolume: volumeColumns[3]! < 0 ? NaN : barTakerVolume,
      };
    }
    const symbol = this.markets.constant ?? "";
    return { startMs, open, high, low, close, flow, symbol, venue: undefined, place, kept: undefined };
  }

  /** Ticks of the bars that are still held back, at the file's end. Throws as `rowsOfCells`. */
  rest(): readonly RecordedBar[] {
    const bars = this.head;
    if (bars.length === 0) return [];
    const distances = distancesMs(bars);
    const ownMs = distances.length === 0 && this.headEndMs > bars[0]!.startMs ? this.headEndMs - bars[0]!.startMs : NaN;
    const length = Number.isNaN(ownMs) ? barLengthMs(this.namedMs, distances) : ownMs;
    if (typeof length === "string") throw new UnreadableFileError(this.path, length);
    this.stepMs = length;
    this.head = [];
    return bars.map((bar) => this.ticksOf(bar, length));
  }

  get width(): number {
    return this.plan.names.length;
  }

  private ticksOf(bar: BarValues, stepMs: number): RecordedBar {
    if (this.stamp === "end") bar.startMs -= stepMs;
    return new BarTicks(bar, stepMs);
  }

  /** The instant behind the bar, where a column has its last one. */
  private endOf(cells: readonly unknown[], place: number): number {
    const last = this.closeTimeColumn < 0 ? NaN : this.times.msOf(cells[this.closeTimeColumn], place);
    return typeof last === "number" ? last + 1 : NaN;
  }

  private adjusted(cells: readonly unknown[]): readonly unknown[] {
    const { adjust } = this.layout;
    if (adjust === undefined) return cells;
    const input: LayoutInput = {};
    for (const [field, column] of this.plan.fields) input[field] = cells[column];
    adjust(input, (name) => cells[this.plan.plain.indexOf(name)]);
    const changed = [...cells];
    for (const [field, column] of this.plan.fields) changed[column] = input[field];
    return changed;
  }

  /** A bar with one price that no tick may have is none: without that tick its range would be too small. */
  private barOf(cells: readonly unknown[], startMs: number, place: number): BarValues | RowRefusal {
    const { priceColumns, venueColumn, markets } = this;
    const open = numberOfCell(cells[priceColumns[0]!]);
    const high = numberOfCell(cells[priceColumns[1]!]);
    const low = numberOfCell(cells[priceColumns[2]!]);
    const close = numberOfCell(cells[priceColumns[3]!]);
    if (!(isPrice(open) && isPrice(high) && isPrice(low) && isPrice(close))) {
      const k = [open, high, low, close].findIndex((price) => !isPrice(price));
      return notABar(this.nameAt(priceColumns[k]!), textOf(cells[priceColumns[k]!]), PRICE);
    }
    const isOutside = (price: number): boolean => price > high || price < low;
    const odd = isOutside(close) ? 3 : isOutside(open) && this.layout.movesOpen !== true ? 0 : -1;
    if (odd >= 0) {
      const got = textOf(cells[priceColumns[odd]!]);
      return notABar(this.nameAt(priceColumns[odd]!), got, `a price from low ${low} to high ${high}`);
    }
    const flow = this.hasVolumes ? this.flowOf(cells) : undefined;
    if (flow !== undefined && "reason" in flow) return flow;
    const cellOf = (column: number): unknown => cells[column];
    const symbol = String(markets.constant ?? markets.symbolOf(cellOf) ?? "");
    const venue = venueColumn < 0 ? undefined : cells[venueColumn];
    return { startMs, open, high, low, close, flow, symbol, venue, place, kept: markets.keptOf(cellOf) };
  }

  private flowOf(cells: readonly unknown[]): TradeFlow | RowRefusal | undefined {
    const flow = { side: NaN, barTrades: NaN, barVolume: NaN, barQuoteVolume: NaN, barTakerVolume: NaN };
    let isKnown = false;
    for (let k = 0; k < VOLUMES.length; k++) {
      const column = this.volumeColumns[k]!;
      if (column < 0) continue;
      const field = VOLUMES[k]!;
      const amount = numberOfCell(cells[column]);
      if (amount >= 0 && amount <= MOST_VOLUME && (field !== "barTrades" || Number.isSafeInteger(amount))) {
        flow[field] = amount + 0;
        isKnown = true;
      } else if (!(isNothing(cells[column]) && this.mayBeEmpty(field))) {
        const expected = field === "barTrades" ? "a whole number from 0" : `a number from 0 to ${MOST_VOLUME}`;
        return notABar(this.nameAt(column), textOf(cells[column]), expected);
      }
    }
    // More taken by buyers than was traded: the columns are not what they seem.
    if (flow.barTakerVolume > flow.barVolume * (1 + 1e-9)) {
      const column = this.volumeColumns[VOLUMES.indexOf("barTakerVolume")]!;
      return notABar(this.nameAt(column), textOf(cells[column]), `at most the volume ${flow.barVolume}`);
    }
    return isKnown ? flow : undefined;
  }

  private mayBeEmpty(field: RowField): boolean {
    const { mayBeEmpty = [] } = this.layout;
    return mayBeEmpty === "all" || mayBeEmpty.includes(field);
  }

  private nameAt(column: number): string {
    return this.plan.names[column]!;
  }
}

/** 0 for a column that is not there; never −0. */
function volumeOf(numbers: Float64Array, column: number): number {
  return column < 0 ? 0 : numbers[column]! + 0;
}

const PRICE = `a number from ${LEAST_PRICE} to ${MOST}`;

function isPrice(price: number): boolean {
  return price >= LEAST_PRICE && price <= MOST;
}

function isNothing(cell: unknown): boolean {
  return cell === undefined || cell === null || Number.isNaN(cell) || (typeof cell === "string" && isMissing(cell));
}

function textOf(cell: unknown): string {
  const text = String(cell ?? "").trim();
  return text === "" ? "nothing" : text.slice(0, 60);
}

function stampOf(path: string, { stamp, name }: Layout, reading: ReadingOptions): "start" | "end" {
  const known = reading.stamp ?? stamp;
  if (known === "start" || known === "end") return known;
  throw new UnreadableFileError(
    path,
    `got ${name}, and nothing says whether a time is the start or the end of its bar: give --stamp start or ` +
      "--stamp end (most vendors stamp the start)",
  );
}

function notABar(field: string, got: string, expected: string): RowRefusal {
  return { reason: "not_a_bar", field, got, expected };
}

/** Between neighbouring bars of one symbol, in either direction of time; two with one stamp have none. */
function distancesMs(bars: readonly BarValues[]): number[] {
  const last = new Map<string, number>();
  const distances: number[] = [];
  for (const { symbol, venue, startMs } of bars) {
    const key = `${symbol}@${String(venue)}`;
    const distance = Math.abs(startMs - (last.get(key) ?? startMs));
    if (distance > 0) distances.push(distance);
    last.set(key, startMs);
  }
  return distances;
}
