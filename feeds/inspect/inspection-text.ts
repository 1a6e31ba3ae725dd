// What a recording holds, in lines for people.
import type { Inspection } from "./file-inspector.ts";
import type { SymbolFigures } from "./symbol-figures.ts";
import { trainingAdvice } from "./training-advice.ts";

/** Symbols that are shown one by one. */
const SHOWN = 10;
const TICKS_PER_BAR = 4;

/** @param options those that were given and that training needs too. */
export function inspectionLines(inspection: Inspection, options: readonly string[]): string[] {
  const { path, tally, ticks, symbols, error, sizeBytes } = inspection;
  const lines: (readonly [string, string])[] = [];
  if (tally.layout !== undefined) lines.push(["layout", layoutText(inspection)]);
  if (sizeBytes === 0) lines.push(["empty", "0 bytes"]);
  for (const [name, figures] of [...symbols].slice(0, SHOWN)) lines.push(...symbolLines(name, figures, tally.barMs));
  if (symbols.size > SHOWN) lines.push(["symbols", `${number(symbols.size - SHOWN)} more`]);
  if (tally.otherSymbols.size > 0) lines.push(["left out", `other symbols: ${[...tally.otherSymbols].join(", ")}`]);
  for (const [reason, count] of [...tally.rejected].sort(([, a], [, b]) => b - a)) {
    const row = tally.firstRefused.get(reason);
    const example =
      row === undefined ? "" : `, first in ${row.place}: ${row.field} is ${row.got}, expected ${row.expected}`;
    lines.push(["refused", `${number(count)} ${reason}${example}`]);
  }
  if (tally.ignoredColumns.length > 0) lines.push(["not read", `columns ${tally.ignoredColumns.join(", ")}`]);
  if (tally.joinedHeaders > 0) lines.push(["joined", `${number(tally.joinedHeaders)} more headers inside`]);
  if (tally.cut) lines.push(["cut", "the file ends too early; what can be read of it was read"]);
  if (error !== undefined) lines.push(["NOT READ", error + (ticks > 0 ? ` (after ${number(ticks)} ticks)` : "")]);
  else lines.push(["train", trainingAdvice(inspection, options)]);
  return [path, ...lines.map(([name, text]) => `  ${name.padEnd(9)} ${text}`)];
}

function layoutText({ tally }: Inspection): string {
  const { layout, note, barMs, timeUnit } = tally;
  const parts = [layout ?? ""];
  if (barMs !== undefined) parts.push(`bars of ${durationText(barMs)}, stamped with their ${tally.stamp ?? "end"}`);
  parts.push(timeUnit === undefined ? "times as text" : `times in ${timeUnit}`);
  return parts.join("; ") + (note === undefined ? "" : ` (${note})`);
}

function symbolLines(name: string, figures: SymbolFigures, barMs: number | undefined): (readonly [string, string])[] {
  const isBars = barMs !== undefined;
  const { ticks, firstMs, lastMs, duplicates, late, mostLateMs, gaps, longestGapMs } = figures;
  const rows = isBars ? `${number(ticks / TICKS_PER_BAR)} bars` : `${number(ticks)} ticks`;
  const span = `${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()}`;
  const lines: (readonly [string, string])[] = [[name, `${rows}, ${span}`]];
  const missing = missingOf(figures, isBars);
  lines.push(["  has", missing.has.join(", ")]);
  if (missing.lacks.length > 0) lines.push(["  lacks", missing.lacks.join(", ")]);
  const inSpan = isBars ? Math.round((lastMs + 1 - firstMs) / barMs) : 0;
  if (inSpan > ticks / TICKS_PER_BAR) {
    lines.push([
      "  bars",
      `${number(inSpan - ticks / TICKS_PER_BAR)} of the ${number(inSpan)} in this span are missing`,
    ]);
  }
  if (gaps > 0)
    lines.push([
      "  gaps",
      `${number(gaps)} of more than ${durationText(figures.gapMs)}, the longest ${durationText(longestGapMs)}`,
    ]);
  if (duplicates > 0) lines.push(["  doubles", `${number(duplicates)} equal to another of the same instant`]);
  if (late > 0) {
    lines.push(["  order", `${number(late)} late, by up to ${durationText(mostLateMs)}: sorted when it is read`]);
  }
  return lines;
}

function missingOf(figures: SymbolFigures, isBars: boolean): { readonly has: string[]; readonly lacks: string[] } {
  const { ticks, trades, quotes, tradeSizes, quoteSizes, sides, barVolumes, barQuoteVolumes, barTrades } = figures;
  const has: string[] = [];
  const lacks: string[] = [];
  const tell = (name: string, count: number, all: number): void => {
    if (count === 0) lacks.push(name);
    else has.push(count === all ? name : `${name} in ${number(count)} of ${number(all)}`);
  };
  if (isBars) {
    has.push("prices");
    const bars = ticks / TICKS_PER_BAR;
    // One of the two volumes is enough: futures of which one is a dollar have the other.
    if (barQuoteVolumes === 0 || barVolumes > 0) tell("volumes", barVolumes, bars);
    if (barQuoteVolumes > 0) tell("quote volumes", barQuoteVolumes, bars);
    tell("trade counts", barTrades, bars);
  } else {
    tell("trades", trades, ticks);
    if (trades > 0) {
      tell("trade sizes", tradeSizes, trades);
      tell("sides", sides, trades);
    }
    tell("quotes", quotes, ticks);
    if (quotes > 0) tell("quote sizes", quoteSizes, quotes);
  }
  return { has, lacks };
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** As `90 s`, `5 min`, `2.5 h`. */
export function durationText(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= 2 * size || ms === size) ?? ["ms", 1];
  return `${Number((ms / unitMs).toFixed(1))} ${unit}`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
