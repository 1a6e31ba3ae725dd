// What is said of a recalibration beside a probability.
import { IDENTITY } from "./line.ts";
import type { ModelRecalibration } from "./model-recalibration.ts";

/**
 * `learning`: not shown to gain yet; `serving`: the answer is recalibrated; `shadow`: it is proven, and a setting
 * keeps it from serving; `undone`: harm was shown, and it must prove itself anew; `off`: nothing is learnt; `fault`: it
 * failed and changes nothing until the next batch.
 */
export const RECALIBRATION_STATES = ["off", "learning", "shadow", "serving", "undone", "fault"] as const;
type RecalibrationState = (typeof RECALIBRATION_STATES)[number];

export interface RecalibrationFacts {
  readonly state: RecalibrationState;
  /** The line in log-odds, in force or not. */
  readonly slope: number;
  readonly level: number;
  /** Labels learnt from. */
  readonly labels: number;
  /** The evidence for the next change; 20 is enough. */
  readonly eValue: number;
  /** End of the first step that the state holds for, ms: its prediction's time; `null` before the first change. */
  readonly sinceMs: number | null;
}

/** Of a recalibration that failed. */
export const FAULTY_RECALIBRATION: RecalibrationFacts = nothingLearnt("fault");

/** @param one `undefined` for a model that is not followed. */
export function recalibrationFacts(
  one: ModelRecalibration | undefined,
  { mode, stepMs }: { readonly mode: "on" | "shadow" | "off"; readonly stepMs: number },
): RecalibrationFacts {
  if (mode === "off") return nothingLearnt("off");
  if (one === undefined) return nothingLearnt("learning");
  const { proof, line, labels } = one;
  const { state, eValue, journal } = proof;
  const change = journal.at(-1);
  return {
    state: state === "serving" && mode === "shadow" ? "shadow" : state,
    ...line,
    labels,
    eValue,
    sinceMs: change === undefined ? null : (change.step + 1) * stepMs,
  };
}

function nothingLearnt(state: RecalibrationState): RecalibrationFacts {
  return { state, ...IDENTITY, labels: 0, eValue: 1, sinceMs: null };
}
