// What reading recordings gave, in lines for people.
import { UserError } from "../command-line/user-error.ts";
import { predictionsText } from "./leave-out-predictions.ts";
import { cutText, emptyText, type TickFileSummary } from "./tick-file-summary.ts";
import type { TickStreamSummary } from "./tick-stream.ts";

type Summary = Omit<TickStreamSummary, "ticks">;

/** Files and columns that are named in a line. */
const NAMED = 5;

/** `times in ms`, or `times in ms (3 files), µs (1 file)`; `times as text` without a number. */
export function unitsText(files: readonly TickFileSummary[]): string {
  const counts = new Map<string, number>();
  for (const { timeUnit } of files) {
    if (timeUnit !== undefined) counts.set(timeUnit, (counts.get(timeUnit) ?? 0) + 1);
  }
  if (counts.size === 0) return "times as text";
  const units = [...counts].map(([unit, count]) => (counts.size === 1 ? unit : `${unit} (${filesText(count)})`));
  return `times in ${units.join(", ")}`;
}

/** Counts of refused lines and ticks by reason, the most frequent first; `none` without any. */
export function refusedText({ rejected }: Pick<Summary, "rejected">): string {
  const sorted = [...rejected].sort(([, a], [, b]) => b - a);
  return sorted.map(([reason, count]) => `${count.toLocaleString("en-US")} ${reason}`).join(", ") || "none";
}

/**
 * What a reader of the counts should know besides: the first refusal of each reason, and what was left out or sorted.
 */
export function remarksOf(summary: Summary): string[] {
  const { files, outOfOrder, otherSymbols, skipped } = summary;
  const sorted = files.filter(({ newestFirst }) => newestFirst).map(({ path }) => path);
  const shuffled = files.filter(({ sorted, newestFirst }) => sorted && !newestFirst).map(({ path }) => path);
  const ignored = [...new Set(files.flatMap(({ ignoredColumns }) => ignoredColumns))];
  const lines = [...firstRefusals(summary)];
  if (sorted.length > 0) lines.push(`ran from the newest tick to the oldest, and were sorted: ${named(sorted)}`);
  if (shuffled.length > 0) lines.push(`were not in order of time, and were sorted: ${named(shuffled)}`);
  if (summary.sharedTicks > 0) lines.push(sharedText(summary.sharedTicks));
  if (outOfOrder > 0)
    lines.push(`WARNING: ${outOfOrder} ticks follow a later one of their symbol and are lost as late`);
  const cut = cutText(files);
  if (cut !== "") lines.push(`WARNING: ${cut}`);
  const empty = emptyText(files);
  if (empty !== "") lines.push(`WARNING: ${empty}`);
  if (skipped.length > 0) lines.push(`WARNING: of a kind that is not read: ${named(skipped)}`);
  if (summary.predictions > 0) lines.push(predictionsText(summary.predictions));
  if (otherSymbols.length > 0) lines.push(`other symbols, left out: ${named(otherSymbols)}`);
  if (ignored.length > 0) lines.push(`columns that are not read: ${named(ignored)}`);
  if (withoutQuotes(files)) lines.push("no tick has a bid and an ask: columns of spread and imbalance stay empty");
  return lines;
}

/** Throws `UserError` when nothing was read, saying what the files hold instead. */
export function requireTicks(ticks: number, summary: Summary, symbol: string | undefined): void {
  if (ticks > 0) return;
  const { files, otherSymbols } = summary;
  const of = symbol === undefined ? "" : ` of --symbol ${symbol}`;
  const others = otherSymbols.length === 0 ? "" : `; other symbols: ${named(otherSymbols)}`;
  const faults = [cutText(files), emptyText(files)].filter((text) => text !== "");
  const more = [...firstRefusals(summary), ...faults].map((line) => `\n${line}`);
  throw new UserError(
    `no tick${of} in ${filesText(files.length)}; refused: ${refusedText(summary)}${others}${more.join("")}`,
  );
}

function firstRefusals({ firstRefused }: Summary): string[] {
  return [...firstRefused.values()].map(({ reason, path, place, field, got, expected }) => {
    const rename = reason === "symbol_malformed" ? "; --symbol renames a file of one market" : "";
    return `first ${reason}: ${path}, ${place}: ${field} is ${got}, expected ${expected}${rename}`;
  });
}

function sharedText(count: number): string {
  const ticks = count === 1 ? "1 tick is" : `${count.toLocaleString("en-US")} ticks are`;
  return `${ticks} in several files and counted once`;
}

/** Whether ticks, not bars, were read, and none of them has a quote. */
function withoutQuotes(files: readonly TickFileSummary[]): boolean {
  const ofTicks = files.filter(({ barMs, ticks }) => barMs === undefined && ticks > 0);
  return ofTicks.length > 0 && ofTicks.every(({ quotes }) => quotes === 0);
}

function filesText(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

function named(names: readonly string[]): string {
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  return names.slice(0, NAMED).join(", ") + more;
}
