// The weekly report in its two forms.
import { snakeKeys } from "../../words/snake-keys.ts";
import { weeklyPage } from "./weekly-page.ts";
import type { WeeklyReport } from "./weekly-report.ts";

/** In the JSON counts per score bin are left out: `/symbols/:symbol/quality?bins=1` has them. */
export function renderWeeklyReport(report: WeeklyReport): { readonly json: string; readonly page: string } {
  const json = JSON.stringify(snakeKeys(report), (key, value: unknown) => (key === "counts" ? undefined : value));
  return { json, page: weeklyPage(report) };
}
