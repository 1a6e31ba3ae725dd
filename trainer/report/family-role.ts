// What a family is in a run, besides its name.
import type { RunReport } from "../run/run-report.ts";

/**
 * The one that was chosen and tested, the baseline that it stands against, another baseline, or nothing; the chosen one
 * is said to be chosen even if a baseline.
 */
export function familyRole(
  family: string,
  report: Pick<RunReport, "families" | "chosen" | "reference">,
): string | null {
  if (family === report.chosen.refitted) return "chosen";
  if (family === report.reference.family) return "reference";
  const baseline = report.families.some((one) => one.family === family && one.baseline);
  return baseline ? "baseline" : null;
}
