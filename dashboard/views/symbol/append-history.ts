// Adds the newest steps to a history that is shown.
import type { HistoryAnswer } from "../../gateway/answers.ts";

type Columns = HistoryAnswer["columns"];

/**
 * `loaded` with the buckets of `tail`: those that are in both are taken from the tail, because the last bucket may have
 * grown. At most `most` buckets, the oldest go. Null where the two do not fit together: other lengths of buckets, or
 * buckets missing between them.
 */
export function appendHistory(loaded: HistoryAnswer, tail: HistoryAnswer, most: number): HistoryAnswer | null {
  const last = loaded.columns.ts.at(-1);
  const first = tail.columns.ts[0];
  if (first === undefined) return tail.latest_ms === loaded.latest_ms ? loaded : null;
  if (last === undefined || tail.every_ms !== loaded.every_ms || first > last + loaded.every_ms) return null;
  const kept = loaded.columns.ts.findIndex((ts) => ts >= first);
  const end = kept < 0 ? loaded.columns.ts.length : kept;
  const start = Math.max(0, end + tail.columns.ts.length - most);
  const joined = (name: keyof Columns): unknown[] => [...loaded.columns[name].slice(start, end), ...tail.columns[name]];
  const names = Object.keys(loaded.columns) as (keyof Columns)[];
  const columns = Object.fromEntries(names.map((name) => [name, joined(name)])) as Columns;
  const from = start === 0 ? loaded.from : (columns.ts[0] ?? 0) - loaded.every_ms;
  return { ...tail, from, columns };
}
