// Collects the week's report, renders it and puts it into the bucket.
import { bucketOf, type Env } from "../../settings.ts";
import { reportExists, saveReport } from "./report-store.ts";
import { weeklyJson } from "./weekly-json.ts";
import { weeklyPage } from "./weekly-page.ts";
import { collectWeeklyReport } from "./weekly-report.ts";
import { logWarning } from "../../log.ts";

export type ReportOutcome =
  { readonly ok: true; readonly date: string } | { readonly ok: false; readonly code: "no_bucket" | "exists" };

/**
 * Writes the report of a day, in UTC.
 * @param replace whether to replace an existing report: true for a request by an operator, false for a cron trigger,
 * which may run twice.
 */
export async function writeReport(
  env: Env,
  nowMs: number,
  { replace }: { readonly replace: boolean },
): Promise<ReportOutcome> {
  const bucket = bucketOf(env);
  if (bucket === undefined) {
    logWarning("report_not_written", { reason: "no_bucket" });
    return { ok: false, code: "no_bucket" };
  }
  const date = new Date(nowMs).toISOString().slice(0, 10);
  if (!replace && (await reportExists(bucket, date))) return { ok: false, code: "exists" };
  const report = await collectWeeklyReport(env, nowMs);
  await saveReport(bucket, date, { json: weeklyJson(report), page: weeklyPage(report) });
  return { ok: true, date };
}
