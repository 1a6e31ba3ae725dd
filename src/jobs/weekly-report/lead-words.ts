// The summary sentences of the weekly report.
import { counted, percentText } from "../../../report/figure-text.ts";
import { championGain } from "./champion-figures.ts";
import type { DriftShare } from "./drift-shares.ts";
import { gainWords } from "./gain-words.ts";
import type { WeeklyReport } from "./weekly-report.ts";

const IN_ORDER = ["better", "worse", "not shown to differ", "too few blocks to say", "not compared"] as const;

/** How many symbols, what the champion was worth on them, how often hours drifted, how many alerts fired. */
export function leadWords({ symbols, alerts }: WeeklyReport): string {
  const shares: DriftShare[] = [];
  const said = Array.from(symbols, (week) => {
    shares.push(...(week.drift?.shares.filter(({ window }) => window === "1h") ?? []));
    const gain = championGain(week, "30d");
    return gainWords(gain?.brierGain ?? null, gain?.blocks ?? 0);
  });
  const counts = IN_ORDER.map((words) => ({ words, n: said.filter((one) => one === words).length }))
    .filter(({ n }) => n > 0)
    .map(({ words, n }) => `${words} on ${n}`);
  const against = counts.length === 0 ? "" : ` The champion against its reference over 30 days: ${counts.join(", ")}.`;
  const judged = shares.reduce((n, share) => n + share.judged, 0);
  const alarms = shares.reduce((n, share) => n + share.alarms, 0);
  const drift =
    judged === 0
      ? "No hour was judged for drift."
      : `${alarms} of ${counted(judged, "judged hour")} drifted (${percentText(alarms / judged)}).`;
  const fired = alerts === null ? "" : ` ${counted(alerts.length, "alert")}.`;
  return `${counted(said.length, "symbol")}.${against} ${drift}${fired}`;
}
