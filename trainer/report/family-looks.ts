// How each family of a run looks in every plot of its report.
import { seriesLooks, type SeriesLook } from "../../report/series-look.ts";
import type { RunReport } from "../run/run-report.ts";

/** The looks of all families in the order of the report, also of those that only a fold names. */
export function familyLooks(report: Pick<RunReport, "families" | "folds">): ReadonlyMap<string, SeriesLook> {
  const baselines = new Set(report.families.filter(({ baseline }) => baseline).map(({ family }) => family));
  const names = [
    ...report.families.map(({ family }) => family),
    ...report.folds.flatMap(({ prAuc, chosen }) => [...Object.keys(prAuc), chosen]),
  ];
  return seriesLooks(names, (name) => baselines.has(name));
}
