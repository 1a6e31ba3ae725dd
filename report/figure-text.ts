// How numbers, counts, times and durations are written, the same in every report.
import type { Figure } from "../src/model/manifest-evaluation.ts";

/** Shown in place of a missing figure, with the reason beside it. */
export const MISSING = "–";

/** `0.1234` with so many digits, a true minus sign, never `−0.000`; `–` for `null` and what is not finite. */
export function decimals(x: number | null, digits: number): string {
  if (x === null || !Number.isFinite(x)) return MISSING;
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** As `decimals`, with `+` before what is above 0: `+0.041`. */
export function signedDecimals(x: number | null, digits: number): string {
  const text = decimals(x, digits);
  return x !== null && x > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `[0.213, 0.450]`; empty without a figure. */
export function intervalText(figure: Figure | null, digits: number): string {
  return figure === null ? "" : `[${decimals(figure.low, digits)}, ${decimals(figure.high, digits)}]`;
}

/** `[−0.030, +0.118]`, for differences; empty without a figure. */
export function signedIntervalText(figure: Figure | null, digits: number): string {
  return figure === null ? "" : `[${signedDecimals(figure.low, digits)}, ${signedDecimals(figure.high, digits)}]`;
}

/** `14,934`. */
export function countText(n: number): string {
  return Number.isFinite(n) ? n.toLocaleString("en-US", { maximumFractionDigits: 0 }) : MISSING;
}

/** `1 episode`, `8 episodes`. */
export function counted(n: number, noun: string): string {
  return `${countText(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** `980`, `6.1k`, `1.2M`: for labels inside plots, where the description carries the exact count. */
export function shortCount(n: number): string {
  if (n < 1000) return String(n);
  const [scaled, unit] = n < 999_500 ? [n / 1000, "k"] : [n / 1_000_000, "M"];
  return `${scaled < 9.95 ? scaled.toFixed(1) : scaled.toFixed(0)}${unit}`;
}

/** `9.3 %` of a share in [0, 1]; `–` for `null` and what is not finite. */
export function percentText(share: number | null, digits = 1): string {
  return share !== null && Number.isFinite(share) ? `${decimals(100 * share, digits)} %` : MISSING;
}

/** `2025-12-06 03:35:00 UTC`; `–` for what is not a time. */
export function utcText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? MISSING : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `2025-12-06 03:35 UTC`; `–` for `null` and what is not a time. */
export function utcMinuteText(ms: number | null): string {
  return utcText(ms ?? NaN).replace(/:\d\d UTC$/, " UTC");
}

/** `2025-12-06`, the day in UTC; `–` for what is not a time. */
export function utcDayText(ms: number): string {
  return utcText(ms).slice(0, 10);
}

/** `0.42 s`, `12.3 s`, `3 min 05 s`, `1 h 02 min`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return MISSING;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
