// Which part of a symbol's history is in sight, and which part is loaded for it: as much again on both sides, so that a
// short scroll needs no question, and as fine as the screen can show.
import type { HistoryAnswer } from "../../gateway/answers.ts";

/** Ends of steps, ms since 1970 UTC: after `fromMs`, at `toMs` at the latest. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Points of one answer at most, by the gateway. */
export const MOST_POINTS = 2_000;
/** Of an answer for what is in sight and as much again. */
const POINTS_A_WIDTH = 960;
/** Less than this many steps are not shown. */
const FEWEST_STEPS = 30;

const MINUTE_MS = 60_000;
const WINDOWS: readonly (readonly [string, number])[] = [
  ["15m", 15 * MINUTE_MS],
  ["1h", 60 * MINUTE_MS],
  ["6h", 360 * MINUTE_MS],
  ["24h", 1_440 * MINUTE_MS],
  ["7d", 10_080 * MINUTE_MS],
  ["30d", 43_200 * MINUTE_MS],
];

/** The windows that are offered on a grid, by name: from 60 steps up to 172,800, which is what the gateway keeps. */
export function windowsOf(stepMs: number): Map<string, number> {
  return new Map(WINDOWS.filter(([, widthMs]) => widthMs >= 60 * stepMs && widthMs <= 172_800 * stepMs));
}

/** The window of a name, or the shortest one: there every step is a point. */
export function windowMs(name: string | undefined, stepMs: number): number {
  const windows = windowsOf(stepMs);
  return windows.get(name ?? "") ?? [...windows.values()][0] ?? 900 * stepMs;
}

export interface HistoryBounds {
  readonly stepMs: number;
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** The range moved and narrowed so that it has at least 30 steps and shows some of what there is. */
export function boundedRange({ fromMs, toMs }: TimeRange, { stepMs, earliestMs, latestMs }: HistoryBounds): TimeRange {
  const whole = latestMs - earliestMs + 2 * stepMs;
  const width = Math.min(Math.max(toMs - fromMs, FEWEST_STEPS * stepMs), Math.max(whole, FEWEST_STEPS * stepMs));
  const end = Math.min(Math.max(toMs, earliestMs - stepMs + width), latestMs);
  return { fromMs: end - width, toMs: end };
}

/** The question for a range in sight. Its ends are whole steps, so that equal sights ask the same. */
export function rangeToLoad(seen: TimeRange, { stepMs, latestMs }: HistoryBounds): TimeRange & { points: number } {
  const width = seen.toMs - seen.fromMs;
  const fromMs = Math.max(0, Math.floor((seen.fromMs - width) / stepMs) * stepMs);
  const toMs = Math.ceil(Math.min(latestMs, seen.toMs + width) / stepMs) * stepMs;
  const points = Math.min(MOST_POINTS, Math.ceil(((toMs - fromMs) / width) * POINTS_A_WIDTH));
  return { fromMs, toMs, points };
}

/** Whether what is loaded does not do for a range in sight: it does not reach, or is far too coarse or too fine. */
export function needsLoad(seen: TimeRange, loaded: HistoryAnswer, bounds: HistoryBounds): boolean {
  const { from, to, every_ms: everyMs } = loaded;
  if (from === null || to === null) return true;
  const missesOlder = seen.fromMs < from && from > bounds.earliestMs;
  const missesNewer = seen.toMs > to + everyMs && to < bounds.latestMs - everyMs;
  const idealMs = (seen.toMs - seen.fromMs) / POINTS_A_WIDTH;
  const isTooCoarse = everyMs > bounds.stepMs && everyMs > 4 * idealMs;
  return missesOlder || missesNewer || isTooCoarse || everyMs < idealMs / 4;
}
