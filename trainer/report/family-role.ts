// What a family is in a run, besides its name.
import type { RunReport } from "../run/run-report.ts";

/**
 * The one that was chosen and tested, a baseline, or nothing; the chosen one is said to be chosen even if a baseline.
 */
export function familyRole(family: string, report: Pick<RunReport, "families" | "chosen">): string | null {
  if (family === report.chosen.refitted) return "chosen";
  const baseline = report.families.some((one) => one.family === family && one.baseline);
  return baseline ? "baseline" : null;
}
