// /reports and /admin/reports: the weekly reports in the bucket.
import * as v from "valibot";
import { contract } from "./contract.ts";
import { count, timeMs } from "./field-schema.ts";

const reportLinks = { date: v.string(), page: v.string(), json: v.string() };

export const storedReportEntry = v.object({ ...reportLinks, written_at: v.pipe(v.string(), v.isoTimestamp()) });
export type StoredReportAnswer = v.InferOutput<typeof storedReportEntry>;

const reportListSchema = v.object({
  count,
  reports: v.pipe(v.array(storedReportEntry), v.description("Newest first")),
});

const writtenReportSchema = v.object(reportLinks);

/** The JSON form of a report; what is in its parts is for src/jobs/weekly-report. */
const storedReportSchema = v.looseObject({
  format: v.literal(1),
  from_ms: timeMs,
  to_ms: timeMs,
  symbols: v.array(v.looseObject({ symbol: v.string(), missing: v.array(v.string()) })),
  missing: v.array(v.string()),
});

const EXPECTED_DATE = "yyyy-mm-dd or yyyy-mm-dd.json";
/** The path parameter: a day, with the form of the report behind a dot; a page without one. */
const reportName = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d(\.(html|json))?$/, EXPECTED_DATE),
  v.transform((text) => ({
    date: text.slice(0, 10),
    form: text.endsWith(".json") ? ("json" as const) : ("html" as const),
  })),
);

const LINKS = { date: "2025-12-01", page: "/reports/2025-12-01", json: "/reports/2025-12-01.json" };

export const reportListContract = contract({
  method: "get",
  path: "/reports",
  tag: "Operations",
  token: "READ_TOKEN",
  summary: "The weekly reports",
  answer: {
    description: "Every report",
    schema: reportListSchema,
    example: { count: 1, reports: [{ ...LINKS, written_at: "2025-12-01T06:05:12.000Z" }] },
  },
  errors: ["no_bucket"],
});

export const reportContract = contract({
  method: "get",
  path: "/reports/:date",
  tag: "Operations",
  token: "READ_TOKEN",
  summary: "One weekly report",
  description: "A page for people, or JSON with `.json` behind the date.",
  params: v.object({ date: reportName }),
  parameterExamples: { date: "2025-12-01.json" },
  answer: {
    description: "The report",
    schema: storedReportSchema,
    texts: { "text/html": "<!doctype html><title>volgate: week to 2025-12-01</title>" },
    example: { format: 1, from_ms: 1763964312000, to_ms: 1764569112000, symbols: [], missing: [] },
  },
  errors: ["date_malformed", "no_bucket", "unknown_report"],
});

export const writeReportContract = contract({
  method: "post",
  path: "/admin/reports",
  tag: "Operations",
  summary: "Writes today's report now",
  description: "Replaces a report of the same day.",
  token: "ADMIN_TOKEN",
  answer: { status: 201, description: "Where it is", schema: writtenReportSchema, example: LINKS },
  errors: ["no_bucket"],
});
