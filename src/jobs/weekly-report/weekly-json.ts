// The weekly report as JSON.
import { snakeKeys } from "../../words/snake-keys.ts";
import type { WeeklyReport } from "./weekly-report.ts";

/** The document in pieces, a symbol at a time. Counts per score bin are left out. */
export function* weeklyJson({ symbols, ...report }: WeeklyReport): Generator<string> {
  yield `${jsonText(report).slice(0, -1)},"symbols":[`;
  let separator = "";
  for (const week of symbols) {
    yield separator + jsonText(week);
    separator = ",";
  }
  yield "]}";
}

function jsonText(value: object): string {
  return JSON.stringify(snakeKeys(value), (key, inner: unknown) => (key === "counts" ? undefined : inner));
}
