// GET /reports and /reports/:date: the weekly reports in the bucket. POST /admin/reports writes one now.
import { Hono } from "hono";
import { listReports, readReport } from "../jobs/weekly-report/report-store.ts";
import { writeReport } from "../jobs/weekly-report/write-report.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { Problem } from "./problem.ts";
import { shown } from "../shown.ts";

const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
};

export const reports = new Hono<AppEnv>()
  .use("/admin/reports", authorize("adminToken"))
  .get("/reports", async (c) => {
    const all = await listReports(bucketOf(c.env));
    return c.json({
      count: all.length,
      reports: all.map(({ date, writtenMs }) => ({
        date,
        written_at: new Date(writtenMs).toISOString(),
        page: `/reports/${date}`,
        json: `/reports/${date}.json`,
      })),
    });
  })
  .get("/reports/:date", async (c) => {
    const given = c.req.param("date");
    const [, date, extension = "html"] = /^(\d{4}-\d\d-\d\d)(?:\.(html|json))?$/.exec(given) ?? [];
    if (date === undefined) {
      throw new Problem(400, "date_malformed", `date: got ${shown(given)}, expected yyyy-mm-dd or yyyy-mm-dd.json`);
    }
    const form = extension === "json" ? "json" : "html";
    const text = await readReport(bucketOf(c.env), date, form);
    if (text === null) throw new Problem(404, "unknown_report", `date: got ${date}, of which there is no report`);
    return c.body(text, 200, form === "json" ? { "Content-Type": "application/json" } : PAGE_HEADERS);
  })
  .post("/admin/reports", async (c) => {
    const outcome = await writeReport(c.env, Date.now(), { replace: true });
    if (!outcome.ok) throw noBucket();
    const { date } = outcome;
    return c.json({ date, page: `/reports/${date}`, json: `/reports/${date}.json` }, 201);
  });

function bucketOf({ BUCKET }: AppEnv["Bindings"]): R2Bucket {
  if (BUCKET === undefined) throw noBucket();
  return BUCKET;
}

function noBucket(): Problem {
  return new Problem(404, "no_bucket", "BUCKET: got no R2 bucket binding, without which no report is kept");
}
