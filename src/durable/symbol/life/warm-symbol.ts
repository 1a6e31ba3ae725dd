// A new symbol that begins with a history before its first live tick. Nothing of the history is scored for live
// quality, and the archive begins with the first live batch.
import { MAX_WARM_STEPS } from "../../../markets/history/warm-limits.ts";
import type { GridCounts } from "../../../features/batch-counts.ts";
import type { EngineConfig } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { type SentTicks, receivedTicks } from "../../../clients/sent-ticks.ts";
import type { DirectoryEntry } from "../../directory/object.ts";
import { engineAfter } from "../apply-history.ts";
import { ReplayedSteps } from "../replayed-steps.ts";
import type { SymbolStores } from "../engine.ts";
import { type LiveSymbol, symbolAfterHistory } from "../live-symbol.ts";
import type { Warmth } from "../storage/warm-pages.ts";
import type { SymbolCounters } from "../symbol-counters.ts";

/** What a symbol is to be warmed with. */
export interface WarmRequest {
  readonly symbol: string;
  /** What the directory says of the symbol. */
  readonly admitted: DirectoryEntry;
  /** Ticks in order of time, and where they are from; `archive`: those of its archive. */
  readonly history: "archive" | WarmTicks;
}

/** A history as ticks. */
export interface WarmTicks {
  readonly ticks: SentTicks;
  readonly source: string;
  /**
   * By the name of a further grid: ticks that it begins with, such as candles of its own step. Of `ticks` it is then
   * fed what is newer.
   */
  readonly gridTicks?: Readonly<Record<string, SentTicks>>;
}

/**
 * Why a symbol was not warmed. `already_live`: it has a database. `no_history`: no tick of the history counts.
 * `no_archive`: there is none of it. `champion_unknown` passes by itself.
 */
export type WarmRefusal = "already_live" | "archive_unavailable" | "champion_unknown" | "no_archive" | "no_history";

export type WarmOutcome =
  | {
      readonly ok: true;
      readonly warm: Warmth;
      /** Outcomes of the ticks. */
      readonly counts: Readonly<GridCounts>;
      readonly thresholdValues: { readonly have: number; readonly need: number };
      /** Of the last closed step; `null` while there is none, and `missing` then says what for. */
      readonly probability: number | null;
      readonly missing: readonly string[];
    }
  | { readonly ok: false; readonly code: WarmRefusal };

/**
 * A new symbol after these ticks, the newest of them where they are too many steps; `undefined` when none of them
 * counts, and nothing is stored then.
 */
export function symbolAfterTicks(
  name: string,
  config: EngineConfig,
  { ticks, source, gridTicks = {} }: WarmTicks,
  stores: SymbolStores,
  counters: SymbolCounters,
): LiveSymbol | undefined {
  const rows = newestOf(receivedTicks(ticks), config.grid.stepMs * MAX_WARM_STEPS);
  const newest = new ReplayedSteps(1, []);
  const features = engineAfter(config, rows, newest);
  const { totals, stepsClosed: steps, watermarkMs: toMs } = features;
  if (totals.accepted === 0) return undefined;
  const warm = { source, steps, ticks: totals.accepted, fromMs: rows[0]!, toMs };
  const ofGrids = new Map(Object.entries(gridTicks).map(([grid, sent]) => [grid, receivedTicks(sent)]));
  const history = {
    features,
    throughSeq: 0,
    warm,
    ticks: rows,
    steps: newest.take(),
    gridTicks: ofGrids,
    how: "new",
    reason: undefined,
  } as const;
  return symbolAfterHistory(name, config, history, stores, counters);
}

/** Rows at the end of a history whose median is its end: one with a wrong time must not cost all of them. */
const END_ROWS = 5;

/** The rows from the first on that is less than `reachMs` older than the end of the history. */
function newestOf(rows: Float64Array, reachMs: number): Float64Array {
  const last: number[] = [];
  for (let at = Math.max(0, rows.length - END_ROWS * TICK_FIELDS); at < rows.length; at += TICK_FIELDS) {
    last.push(rows[at]!);
  }
  const endMs = last.sort((a, b) => a - b)[Math.floor((last.length - 1) / 2)]!;
  let from = 0;
  while (from < rows.length && rows[from]! <= endMs - reachMs) from += TICK_FIELDS;
  return rows.subarray(from);
}

/** What a symbol that was just warmed answers. Its prediction was computed where a model could. */
export function warmOutcome({ engine, latest }: LiveSymbol): WarmOutcome {
  const { features, warm } = engine;
  if (warm === undefined) throw new Error("a symbol that was warmed has no history");
  const missing = latest?.prediction.missing ?? ["steps: none is closed yet"];
  const probability = latest?.prediction.probability ?? null;
  const counts = { ...features.totals };
  return { ok: true, warm, counts, thresholdValues: features.thresholdCount(0), probability, missing };
}
