// What the gateway answers of the experiment, in the parts that the view shows.
import type { ExperimentReading } from "../../../src/http/experiment-reading-schema.ts";

export type ExperimentAnswer = ExperimentReading;
export type RunningExperiment = NonNullable<ExperimentAnswer["experiment"]>;
export type Comparison = NonNullable<ExperimentAnswer["comparison"]>;
export type Change = ExperimentAnswer["changes"][number];

/** The first twelve digits, as answers name models. */
export function shortSha(sha256: string | null): string {
  return sha256 === null ? "none" : sha256.slice(0, 12);
}

/** `2026-11-30 06:00`. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

const CODES: Readonly<Record<ExperimentAnswer["code"], string>> = {
  no_experiment: "No experiment runs: there is no challenger.",
  not_serving: "One of the two models does not serve: it is refused, or still loads.",
  label_specs_differ: "The two models predict different things: their figures must not be compared.",
  wait: "Not enough evidence yet.",
  gate_refused: "The rule would promote, but the challenger's own gate says no.",
  promote: "The challenger is shown better.",
};

/** What the report comes to, in a sentence. */
export function codeWords(code: ExperimentAnswer["code"]): string {
  return CODES[code];
}

/** Figures below are readable as they are; others as a power of ten: 3.1, 0.02, 10^7, 10^−5. */
export function evidenceText(logE: number): string {
  const tens = logE / Math.LN10;
  if (tens >= 5 || tens <= -3) return `10^${tens < 0 ? "−" : ""}${Math.abs(tens).toFixed(0)}`;
  const value = Math.exp(logE);
  return value >= 99.5 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(1) : Number(value.toPrecision(2)).toString();
}
