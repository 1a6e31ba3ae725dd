// GET /reports and /reports/:date: the weekly reports in the bucket. POST /admin/reports writes one now.
import { Hono } from "hono";
import { readReport } from "../jobs/weekly-report/report-store.ts";
import { writeReport } from "../jobs/weekly-report/write-report.ts";
import { bucketOf, settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { forgetReports, keptReports } from "./kept-reports.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { reportContract, reportListContract, writeReportContract } from "./reports-schema.ts";

const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
};

export const reports = new Hono<AppEnv>()
  .use("/admin/reports", authorize("adminToken"))
  .get(reportListContract.path, async (c) => {
    const all = await keptReports(reportsBucket(c.env), settingsOf(c.env).readCacheMs);
    return sendAnswer(c, reportListContract, { count: all.length, reports: all });
  })
  .get(reportContract.path, async (c) => {
    const { date, form } = (await readRequest(c, reportContract)).params.date;
    const text = await readReport(reportsBucket(c.env), date, form);
    if (text === null) throw new Problem("unknown_report", `date: got ${date}, of which there is no report`);
    return c.body(text, 200, form === "json" ? { "Content-Type": "application/json" } : PAGE_HEADERS);
  })
  .post(writeReportContract.path, async (c) => {
    const outcome = await writeReport(c.env, Date.now(), { replace: true });
    if (!outcome.ok) throw noBucket();
    forgetReports();
    const { date } = outcome;
    return sendAnswer(c, writeReportContract, { date, page: `/reports/${date}`, json: `/reports/${date}.json` });
  });

function reportsBucket(env: AppEnv["Bindings"]): R2Bucket {
  const bucket = bucketOf(env);
  if (bucket === undefined) throw noBucket();
  return bucket;
}

function noBucket(): Problem {
  return new Problem("no_bucket", "BUCKET: got no R2 bucket binding, without which no report is kept");
}
