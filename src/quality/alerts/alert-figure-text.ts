// Formats figures for an alert: in its sentence, and by name beside it.
import type { Figure } from "../../model/manifest-evaluation.ts";
import type { EvidenceLevel } from "../alert-evidence/evidence-fact.ts";

/** A figure and its interval under three names, e.g. `{ gain: 0.1, gain_low: 0, gain_high: 0.2 }`. */
export function namedFigure(name: string, { value, low, high }: Figure): Record<string, number> {
  return { [name]: value, [`${name}_low`]: low, [`${name}_high`]: high };
}

/** A figure with its interval, e.g. `0.200 (0.170 to 0.230)`. */
export function figureText({ value, low, high }: Figure): string {
  return `${figureDecimals(value)} (${figureDecimals(low)} to ${figureDecimals(high)})`;
}

/** Evidence and its limit, e.g. `12.3 of 2.9e5`. */
export function levelText({ value, limit }: EvidenceLevel): string {
  const text = (evidence: number): string =>
    evidence < 1000 ? evidence.toFixed(1) : evidence.toExponential(1).replace("+", "");
  return `${text(value)} of ${text(limit)}`;
}

/** A share with one decimal, e.g. `33.3 %` for 1/3. */
export function shareText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A length of time in its two largest units, e.g. `61 s` for 61,200 ms, `15 min`, `3 h 12 min`, `386 d 13 h`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? inTwo(minutes, 60, "h", "min") : inTwo(hours, 24, "d", "h");
}

function inTwo(count: number, perLarge: number, large: string, small: string): string {
  const rest = count % perLarge;
  return `${Math.floor(count / perLarge)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/** Three decimals, or as many as a small figure needs for two significant digits, at most 6. */
function figureDecimals(value: number): string {
  for (let places = 3; places < 6; places++) {
    const shown = value.toFixed(places);
    if (Number(shown) === value || Math.abs(Number(shown)) >= 0.01) return shown;
  }
  return value.toFixed(6);
}
