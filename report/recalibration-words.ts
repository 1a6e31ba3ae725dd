// What recalibrates a model, in a sentence.
import type { RecalibrationFacts } from "../src/recalibration/recalibration-facts.ts";
import { counted, decimals, utcMinuteText } from "./figure-text.ts";

/** Evidence at which a recalibration begins or ceases to serve. */
const ENOUGH = 20;

type Facts = Pick<RecalibrationFacts, "state" | "labels" | "eValue" | "sinceMs">;

/**
 * The state of a recalibration, what it has learnt from, and how near its next change is.
 *
 * Example: `Serving since 2026-11-26 01:00 UTC, learnt from 412,033 labels. Evidence of harm: 0.02 of 20.`
 */
export function recalibrationWords({ state, labels, eValue, sinceMs }: Facts): string {
  const since = sinceMs === null ? "" : ` since ${utcMinuteText(sinceMs)}`;
  const learnt = counted(labels, "label");
  switch (state) {
    case "off":
      return "Off: nothing is learnt, and the model's own probability is answered.";
    case "fault":
      return "Failed: the model's own probability is answered. It begins again with the next batch.";
    case "learning":
      if (labels === 0) return "Learning: no label has come yet.";
      return `Learning from ${learnt}: not shown to gain. Evidence: ${evidenceOf(eValue)}.`;
    case "shadow":
      return `Proven${since}, learnt from ${learnt}, and kept from serving by RECALIBRATION=shadow.`;
    case "serving":
      return `Serving${since}, learnt from ${learnt}. Evidence of harm: ${evidenceOf(eValue)}.`;
    case "undone":
      return `Undone${since}: harm was shown. It must prove its gain anew, from ${learnt}: ${evidenceOf(eValue)}.`;
  }
}

function evidenceOf(eValue: number): string {
  return `${eValue > 0 && eValue < 0.005 ? "<0.01" : decimals(eValue, 2)} of ${ENOUGH}`;
}
