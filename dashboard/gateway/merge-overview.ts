// The table of all symbols from the answers of `GET /overview`: the whole table first, then what changed.
import type { OverviewAnswer, OverviewRow } from "./answers.ts";

/** Points of a symbol's small chart. */
export const RECENT_POINTS = 40;

/** Mutates `rows` by one answer. Returns whether anything changed. */
export function mergeOverview(rows: Map<string, OverviewRow>, answer: OverviewAnswer): boolean {
  let changed = answer.symbols.length > 0;
  if (answer.reset) {
    changed ||= rows.size > 0;
    rows.clear();
  }
  for (const symbol of answer.removed) changed = rows.delete(symbol) || changed;
  for (const row of answer.symbols) {
    const before = rows.get(row.symbol);
    rows.set(row.symbol, before === undefined ? row : { ...row, recent: joinRecent(before.recent, row.recent) });
  }
  return changed;
}

/**
 * The points of before and the newer ones of `added`, 40 at most. Points that are known already are not taken twice.
 */
function joinRecent(before: OverviewRow["recent"], added: OverviewRow["recent"]): OverviewRow["recent"] {
  const latest = before.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  const newer = added.filter(([ts]) => ts > latest);
  return newer.length === 0 ? before : [...before, ...newer].slice(-RECENT_POINTS);
}
