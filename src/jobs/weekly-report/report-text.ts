// How numbers and times are written in the weekly report, everywhere the same.

/** A figure with its 95 % interval. */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Stands where a figure does not exist; the reason stands near it. */
export const MISSING = "–";

/** `0.123`, `−0.004`, never `−0.000`; `–` for `null`. */
export function decimals(x: number | null, digits = 3): string {
  if (x === null || !Number.isFinite(x)) return MISSING;
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** As `decimals`, with `+` before what is above 0. */
export function signed(x: number | null, digits = 4): string {
  const text = decimals(x, digits);
  return x !== null && x > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `[0.213, 0.450]`, with signs `[−0.030, +0.118]`; empty without a figure. */
export function intervalText(figure: Figure | null, text: (x: number) => string): string {
  return figure === null ? "" : `[${text(figure.low)}, ${text(figure.high)}]`;
}

/** `14,934`. */
export function countText(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** `1 episode`, `8 episodes`. */
export function counted(n: number, noun: string): string {
  return `${countText(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** `9.3 %` of a share in [0, 1]; `–` for `null`. */
export function percentText(share: number | null, digits = 1): string {
  return share === null ? MISSING : `${decimals(100 * share, digits)} %`;
}

/** `2025-12-06 03:35 UTC`; `–` for `null`. */
export function utcText(ms: number | null): string {
  return ms === null ? MISSING : `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Fewer blocks than these decide nothing: intervals from 8 on were measured to cover 93 % of what they should. */
const MIN_BLOCKS = 8;

export type GainWords = "better" | "worse" | "not shown to differ" | "too few blocks to say" | "not compared";

/** What the interval of a gain shows: it must lie wholly on one side of 0, and stand on 8 blocks. */
export function gainWords(gain: Figure | null, blocks: number): GainWords {
  if (gain === null) return "not compared";
  if (blocks < MIN_BLOCKS) return "too few blocks to say";
  if (gain.low > 0) return "better";
  return gain.high < 0 ? "worse" : "not shown to differ";
}
