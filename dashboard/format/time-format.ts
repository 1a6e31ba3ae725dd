// Times and durations as texts. Times are UTC, as everywhere in the gateway; the page says so once.
import { UNKNOWN } from "./number-format.ts";

/** 412 is "0.4 s", 4000 is "4 s", 100,000 is "1 min 40 s", 5,000,000 is "1 h 23 min", 200,000,000 is "2 d 7 h". */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return UNKNOWN;
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 1) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return pair(seconds, 60, "min", 1, "s");
  if (seconds < 86_400) return pair(seconds, 3600, "h", 60, "min");
  return pair(seconds, 86_400, "d", 3600, "h");
}

function pair(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const whole = Math.floor(seconds / large);
  const rest = Math.floor((seconds - whole * large) / small);
  return rest === 0 ? `${whole} ${largeUnit}` : `${whole} ${largeUnit} ${rest} ${smallUnit}`;
}

/** "09:05:49" of a time in ms since 1970 UTC. */
export function formatTime(tsMs: number | null): string {
  return tsMs === null ? UNKNOWN : new Date(tsMs).toISOString().slice(11, 19);
}

/** "2026-11-30 09:05:49". */
export function formatDateTime(tsMs: number | null): string {
  return tsMs === null ? UNKNOWN : new Date(tsMs).toISOString().slice(0, 19).replace("T", " ");
}
