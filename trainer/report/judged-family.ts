// Which family's figures the verdict is about.
import { CHOSEN, type RunReport } from "../run-report.ts";

const EACH_CHOICE = "each fold’s choice";

/**
 * The name under which `families` holds what the gate tested: `chosen`, the predictions of whichever family each fold
 * had chosen, or the refitted family where a report has no such entry.
 */
export function judgedFamily({ families, chosen }: Pick<RunReport, "families" | "chosen">): string {
  return families.some(({ family }) => family === CHOSEN) ? CHOSEN : chosen.refitted;
}

/** `judgedFamily` in words that stand in a sentence: `each fold’s choice`, or the family's name. */
export function judgedWords(report: Pick<RunReport, "families" | "chosen">): string {
  const judged = judgedFamily(report);
  return judged === CHOSEN ? EACH_CHOICE : judged;
}

/** What a family is besides its name: the one that was judged, the one refitted on all rows, a baseline, or nothing. */
export function familyRole(family: string, report: Pick<RunReport, "families" | "chosen">): string | null {
  if (family === CHOSEN) return EACH_CHOICE;
  if (family === report.chosen.refitted) return "chosen on all rows";
  const baseline = report.families.some((one) => one.family === family && one.baseline);
  return baseline ? "baseline" : null;
}
