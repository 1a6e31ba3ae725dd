// A grid's closed steps in buckets, as one plain value that crosses RPC: for `/symbols/:symbol/history`.
import { type BucketColumns, everyMs, StepBuckets } from "../../../steps/step-buckets.ts";
import type { LiveGrid } from "../live-symbol.ts";

/** What is asked for. */
export interface StepsAsked {
  /** From the end of a step on, ms; by default an hour before `toMs`. */
  readonly fromMs: number | undefined;
  /** By default the end of the newest step. */
  readonly toMs: number | undefined;
  /** Buckets at most. */
  readonly points: number;
}

export interface SymbolSteps {
  readonly stepMs: number;
  readonly horizonSteps: number;
  /** The range that `columns` have; `null` without any step. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly everyMs: number;
  /** Ends of the oldest and the newest step that are kept; `null` without any. */
  readonly earliestMs: number | null;
  readonly latestMs: number | null;
  readonly columns: BucketColumns;
}

const HOUR_MS = 3_600_000;

/** Its replayed steps must have been scored. */
export function symbolSteps({ engine }: LiveGrid, asked: StepsAsked): SymbolSteps {
  const { stepLog, features } = engine;
  const { grid, label } = features.config;
  const { stepMs } = grid;
  const { extent } = stepLog;
  const endOf = (step: number): number => (step + 1) * stepMs;
  const latestMs = extent === undefined ? null : endOf(extent.last);
  const toMs = asked.toMs ?? latestMs ?? asked.fromMs ?? 0;
  const fromMs = asked.fromMs ?? toMs - HOUR_MS;
  const range = { stepMs, fromMs, toMs, everyMs: everyMs({ stepMs, fromMs, toMs }, asked.points) };
  const hasNone = extent === undefined && asked.toMs === undefined;
  const buckets = new StepBuckets(hasNone ? { ...range, fromMs: toMs } : range);
  const [from, to] = [Math.floor(fromMs / stepMs), Math.floor(toMs / stepMs) - 1];
  for (const chunk of stepLog.between(from, to)) buckets.add(chunk);
  return {
    stepMs,
    horizonSteps: label.horizonSteps,
    fromMs: hasNone ? null : fromMs,
    toMs: hasNone ? null : toMs,
    everyMs: range.everyMs,
    earliestMs: extent === undefined ? null : endOf(extent.first),
    latestMs,
    columns: buckets.columns,
  };
}
