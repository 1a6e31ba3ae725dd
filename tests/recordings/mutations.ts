// Mutates the header or a cell of a small file, and says what may come of it.
import fc from "fast-check";
import { KeptMarkets } from "../../recordings/kept-markets.ts";
import { planOfHeader, planOfRow } from "../../recordings/layouts/find-layout.ts";
import { OHLC, type RowField } from "../../recordings/layouts/layout.ts";
import { isValue } from "../../recordings/layouts/match-shape.ts";
import type { TablePlan } from "../../recordings/layouts/table-plan.ts";
import { newTally, recordedTicks } from "../../recordings/recorded-ticks.ts";
import { UnreadableFileError } from "../../recordings/unreadable-file-error.ts";
import { isMissing } from "../../src/features/missing-value.ts";
import { DEFAULT_TICK_RULES, isRejection, parseTick, type Tick } from "../../src/features/tick.ts";
import { symbolKey } from "../../src/features/symbol-name.ts";
import { ticksOfBar } from "../../src/markets/bar.ts";
import { LAYOUT_FILES, type LayoutFile } from "./layout-files.ts";

/** A file as cells. */
export interface Table {
  readonly file: LayoutFile;
  readonly separator: string;
  /** Lines before the header or the first row. */
  readonly before: readonly string[];
  readonly header: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  readonly plan: TablePlan;
  /** What each row is read as, without any mutation. */
  readonly ticks: readonly (readonly Tick[])[];
}

/** Ticks of each row that gives any, in the order of the rows; or why the file is refused. */
export async function readRows(file: LayoutFile, text: string): Promise<Tick[][] | UnreadableFileError> {
  const bytes = new TextEncoder().encode(text);
  const read = (start: number, end: number): Promise<Uint8Array> => Promise.resolve(bytes.subarray(start, end));
  const source = { path: `/data/${file.file}`, sizeBytes: bytes.length, read };
  const options = {
    wanted: file.symbol,
    kept: new KeptMarkets(),
    rules: DEFAULT_TICK_RULES,
    reading: file.reading ?? {},
  };
  const ticks: Tick[] = [];
  try {
    for await (const batch of recordedTicks(source, options, newTally(source.path))) ticks.push(...batch);
  } catch (error) {
    if (error instanceof UnreadableFileError) return error;
    throw error;
  }
  const size = file.stamp === undefined ? 1 : 4;
  return Array.from({ length: ticks.length / size }, (_, i) => ticks.slice(size * i, size * (i + 1)));
}

export async function tableOf(file: LayoutFile): Promise<Table> {
  const separator = file.lines.at(-1)!.includes(";") ? ";" : ",";
  const before = file.lines.filter((line) => line.startsWith("http"));
  const lines = file.lines.slice(before.length).map((line) => line.split(separator));
  const hasHeader = !lines[0]!.some(isValue);
  const header = hasHeader ? lines[0] : undefined;
  const rows = hasHeader ? lines.slice(1) : lines;
  const path = `/data/${file.file}`;
  const plan = hasHeader
    ? planOfHeader(path, lines[0]!, file.reading ?? {})
    : planOfRow(path, lines[0]!, file.reading ?? {});
  const ticks = await readRows(file, textOf({ separator, before, header, rows }));
  if (ticks instanceof Error) throw ticks;
  return { file, separator, before, header, rows, plan, ticks };
}

export function textOf({
  separator,
  before,
  header,
  rows,
}: Pick<Table, "separator" | "before" | "header" | "rows">): string {
  const cell = (text: string): string => (/[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: readonly string[]): string => cells.map(cell).join(separator);
  return [...before, ...(header === undefined ? [] : [line(header)]), ...rows.map(line)].join("\n") + "\n";
}

/** Files that are tables. */
export const TABLE_FILES = LAYOUT_FILES.filter(({ file }) => file.endsWith(".csv"));

/** Texts that are no number, or not the one that was meant. */
export const ODD_CELLS = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "x",
    "12a",
    "1,5",
    "1.5.2",
    "0x1f",
    "1e400",
    "-1",
    "+2",
    "1_000",
    "１２",
    "∞",
    "Infinity",
    "NaN",
  ),
  fc.constantFrom(
    "null",
    "None",
    "N/A",
    "true",
    "False",
    "--",
    "1e3",
    ".5",
    "5.",
    "0",
    "-0",
    "1 2",
    '"',
    "2025-13-01",
    "T",
  ),
  fc.string({ maxLength: 6 }).filter((text) => !/[\n\r]/.test(text)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer({ min: 0, max: 100_000 }).map(String),
);

const UNIT_PER_MS = { s: 0.001, ms: 1, µs: 1e3, ns: 1e6 };

/** What a row may become when the cell of a field has another text; `undefined` where it must be refused. */
export function expectedRow(table: Table, row: number, field: RowField, text: string): readonly Tick[] | undefined {
  const { plan, ticks, file } = table;
  const base = ticks[row]!;
  const { mayBeEmpty = [] } = plan.layout;
  // NA can be a symbol.
  const isEmpty = field === "symbol" ? text.trim() === "" : isMissing(text);
  if (isEmpty && !(mayBeEmpty === "all" || mayBeEmpty.includes(field))) return undefined;
  return file.stamp === undefined
    ? expectedTick(table, base[0]!, field, isEmpty ? undefined : text.trim())
    : expectedBar(table, row, base, field, isEmpty ? undefined : text);
}

function expectedTick({ plan, file }: Table, base: Tick, field: RowField, text: string | undefined) {
  const [symbol, venue] = base.symbol.split("@");
  const { tsMs, price, bid, ask, bidSize, askSize, size, id, flow } = base;
  const known = { price, bid, ask, bidSize, askSize, size, side: flow?.side };
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => !Number.isNaN(value)));
  const input: Record<string, unknown> = { symbol, venue, ts: tsMs, ...given };
  if (field === "ts") input["ts"] = timeOf(file, text);
  else if (field === "side") input["side"] = sideOf(plan, text);
  else if (/^Databento/.test(plan.layout.name) && /price|bid|ask/.test(field)) input[field] = fixedPoint(text, field);
  else input[field] = text === "" ? undefined : text;
  const tick = parseTick(input, Infinity);
  // An id is any text, and hashed.
  return isRejection(tick) ? undefined : [{ ...tick, id: field === "id" ? NaN : id }];
}

function fixedPoint(text: string | undefined, field: RowField): unknown {
  if (text === undefined || /size/i.test(field) || !/^-?\d+$/.test(text)) return text;
  return text.length >= 7 ? Number(`${text}e-9`) : "too short";
}

function sideOf({ layout: { name } }: TablePlan, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const sides: Readonly<Record<string, string>> = /^Binance/.test(name)
    ? { true: "sell", false: "buy" }
    : /^Coinbase/.test(name)
      ? { buy: "sell", sell: "buy", unknown: "unknown", none: "none" }
      : { A: "sell", B: "buy", N: "unknown" };
  if (/^Databento/.test(name)) return sides[text] ?? "?";
  if (/^Binance/.test(name)) return sides[text.toLowerCase()] ?? "?";
  return /^Coinbase/.test(name) ? (sides[text.toLowerCase()] ?? text) : text;
}

/** In the unit of the file, or a text. */
function timeOf({ unit }: LayoutFile, text: string | undefined): unknown {
  if (text === undefined || unit === undefined || !/^\d+(\.\d*)?$/.test(text)) return text;
  return Math.floor(Number(text) / UNIT_PER_MS[unit]);
}

function expectedBar(table: Table, row: number, base: readonly Tick[], field: RowField, text: string | undefined) {
  const { plan, rows } = table;
  const isFixed = /^Databento/.test(plan.layout.name);
  const numberAt = (name: RowField): number => {
    const own = name === field ? text : rows[row]![plan.fields.get(name) ?? -1];
    const read = isFixed && (OHLC as readonly string[]).includes(name) ? fixedPoint(own, name) : own;
    return typeof read === "number" ? read : parsed(read);
  };
  if (field === "symbol") {
    const symbol = symbolKey((text ?? "").trim());
    return symbol === undefined ? undefined : base.map((tick) => ({ ...tick, symbol }));
  }
  const [open, high, low, close] = OHLC.map(numberAt) as [number, number, number, number];
  const inRange = [open, high, low, close].every((price) => price >= 1e-15 && price <= 1e15);
  if (!inRange || close > high || close < low) return undefined;
  if ((open > high || open < low) && plan.layout.movesOpen !== true) return undefined;
  const none = { side: NaN, barTrades: NaN, barVolume: NaN, barQuoteVolume: NaN, barTakerVolume: NaN };
  const flow = { ...none, ...base[3]!.flow };
  for (const name of ["barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"] as const) {
    if (!plan.fields.has(name)) continue;
    const amount = numberAt(name);
    const isUnread = name === field && text === undefined;
    if (!isUnread && !(amount >= 0 && amount <= 1e18)) return undefined;
    if (name === "barTrades" && !isUnread && !Number.isSafeInteger(amount)) return undefined;
    flow[name] = amount + 0;
  }
  if (flow.barTakerVolume > flow.barVolume * (1 + 1e-9)) return undefined;
  const startMs = base[0]!.tsMs;
  const bar = { timestamp_ms: startMs + 60_000, open, high, low, close };
  const ticks = ticksOfBar(bar, "X", 60_000)!.map((input) => parseTick(input, Infinity) as Tick);
  const hasFlow = Object.values(flow).some((value) => !Number.isNaN(value));
  return ticks.map((tick, i): Tick => ({ ...tick, symbol: base[0]!.symbol, ...(i === 3 && hasFlow ? { flow } : {}) }));
}

function parsed(text: unknown): number {
  const isDecimal = typeof text === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text);
  return isDecimal ? Number(text) : NaN;
}

/** Ticks as a text that is equal exactly when they are, ids that are hashes left out. */
export function keyOf(ticks: readonly Tick[], withId = true): string {
  return ticks
    .map(({ flow, id, ...tick }) => {
      const all = { ...tick, id: withId && id >= 0 ? id : NaN, ...flow };
      return Object.entries(all)
        .filter(([, value]) => !Number.isNaN(value))
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join(" ");
    })
    .join("; ");
}
