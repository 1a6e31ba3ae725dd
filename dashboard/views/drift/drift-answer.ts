// What the gateway answers of a symbol's drift, in the parts that the view shows.
import type { SymbolDriftAnswer } from "../../../src/http/drift-schema.ts";

export type DriftAnswer = SymbolDriftAnswer;
export type WindowVerdict = SymbolDriftAnswer["windows"]["1h"];
export type JudgedWindow = Exclude<WindowVerdict, { verdict: "none" }>;
export type FeatureDistance = JudgedWindow["features"][number];
export type DriftLine = SymbolDriftAnswer["history"][number];
export type DriftWindow = DriftLine["window"];

/** Distance over threshold; `null` where one of both is missing. */
export function ratioOf({ wasserstein, threshold }: FeatureDistance): number | null {
  return wasserstein === null || threshold === null || threshold === 0 ? null : wasserstein / threshold;
}

const VERDICTS = {
  ok: "no drift",
  drift: "drift",
  uncalibrated: "not judged: uncalibrated",
  no_reference: "not judged: no reference",
  too_few_rows: "not judged: too few rows",
  none: "no window yet",
} as const;

/** A verdict in two or three words. */
export function verdictTitle(verdict: WindowVerdict["verdict"]): string {
  return VERDICTS[verdict];
}

/** `2026-11-30 06:00`. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
