// Texts and orders that several sections of a report share.
import type { FamilyReport, RunReport } from "../run/run-report.ts";
import { counted, countText } from "../../report/figure-text.ts";

/** The chosen family, then the rest in the order of the report. */
export function chosenFirst({ families, chosen }: RunReport): readonly FamilyReport[] {
  const rank = (family: string): number => (family === chosen.refitted ? 0 : 1);
  return families.toSorted((a, b) => rank(a.family) - rank(b.family));
}

/** What every figure of the pooled test rows rests on. */
export function episodesWords({ test }: RunReport): string {
  return `${countText(test.rows)} test rows, ${counted(test.positives, "spike")}, ${counted(test.episodes, "independent episode")}.`;
}

/** Why there is nothing to draw. */
export function noFiguresWhy({ test, families }: RunReport): string {
  if (test.rows === 0) return "there are no test rows";
  if (test.positives === 0) return "no test row came before a spike";
  return families.every(({ figures }) => figures === null) ? "no family has figures" : "the test rows give no curve";
}
