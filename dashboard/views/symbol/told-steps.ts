// A history that is shown, with what the gateway tells of newer steps. Of a step that was told, the price and the
// realized volatility come with the symbol's row, or with the history when it is asked next.
import type { HistoryAnswer, OverviewRow } from "../../gateway/answers.ts";
import type { LabelEvent, PredictionEvent } from "../../gateway/stream-events.ts";

type Columns = HistoryAnswer["columns"];

/**
 * `loaded` with the step of a prediction behind its last one; the same where it has the step. Null where steps are
 * missing between, or buckets are longer than a step. At most `most` buckets, the oldest go.
 */
export function withPrediction(loaded: HistoryAnswer, event: PredictionEvent, most: number): HistoryAnswer | null {
  const { columns, step_ms: stepMs, every_ms: everyMs } = loaded;
  const last = columns.ts.at(-1);
  if (last === undefined || everyMs !== stepMs) return null;
  if (event.ts <= last) return loaded;
  if (event.ts !== last + stepMs) return null;
  const { probability, threshold, alert, sigma_bps, tau_bps } = event;
  const step = { ts: event.ts, probability, threshold, alert, sigma_bps, tau_bps };
  const names = Object.keys(columns) as (keyof Columns)[];
  const start = Math.max(0, columns.ts.length + 1 - most);
  const value = (name: keyof Columns): unknown => (name in step ? step[name as keyof typeof step] : null);
  const added = Object.fromEntries(
    names.map((name) => [name, [...columns[name].slice(start), value(name)]]),
  ) as Columns;
  const from = start === 0 ? loaded.from : (added.ts[0] ?? 0) - everyMs;
  return { ...loaded, from, to: Math.max(loaded.to ?? 0, event.ts), latest_ms: event.ts, columns: added };
}

/** `loaded` with the price of the row's step, where it has the step and not the price; else the same. */
export function withRow(loaded: HistoryAnswer, row: OverviewRow): HistoryAnswer {
  const i = row.ts === null ? -1 : loaded.columns.ts.lastIndexOf(row.ts);
  if (i < 0 || row.price === null || loaded.columns.price[i] !== null) return loaded;
  const set = (name: "open" | "high" | "low" | "price" | "rv_bps", value: number | null): (number | null)[] =>
    loaded.columns[name].with(i, value);
  const { price, rv_60_bps } = row;
  const prices = { open: set("open", price), high: set("high", price), low: set("low", price) };
  const columns = { ...loaded.columns, ...prices, price: set("price", price), rv_bps: set("rv_bps", rv_60_bps) };
  return { ...loaded, columns };
}

/** `loaded` with a label at the step that confirmed it, where it has the step; else the same. */
export function withLabel(loaded: HistoryAnswer, { resolved_ts, label }: LabelEvent): HistoryAnswer {
  const i = loaded.columns.ts.lastIndexOf(resolved_ts);
  if (i < 0 || loaded.every_ms !== loaded.step_ms || loaded.columns.spike[i] === label) return loaded;
  return { ...loaded, columns: { ...loaded.columns, spike: loaded.columns.spike.with(i, label) } };
}
