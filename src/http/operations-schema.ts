// GET /operations: what an operator looks at, in one answer.
import * as v from "valibot";
import { alertSchema, resolvedAlertSchema } from "./alerts-schema.ts";
import { changeSchema, WITHHELD } from "./aliases-schema.ts";
import { contract } from "./contract.ts";
import { feedSchema } from "./feeds-schema.ts";
import { count, gridQuery, nullableNumber, nullableString, time } from "./field-schema.ts";
import { healthContract, healthSchema } from "./health-schema.ts";
import { storedReportEntry } from "./reports-schema.ts";

const { status, ready, reasons, notices, serving, refused_artifacts, runtime_error } = healthSchema.entries;
const healthPart = v.object({ status, ready, reasons, notices, serving, refused_artifacts, runtime_error });

const latency = v.object({ count, p50_ms: nullableNumber, p95_ms: nullableNumber, p99_ms: nullableNumber });

const ingestPart = v.object({
  since: v.pipe(time, v.description("Since when ticks, batches and latencies are counted")),
  ticks: v.object({ accepted: count, duplicate: count, late: count, outlier: count, price_outlier: count }),
  rejected: v.pipe(v.record(v.string(), count), v.description("By reason")),
  failed_batches: count,
});

const archivePart = v.object({
  symbols: v.pipe(count, v.description("Symbols with an archive")),
  largest_lag_s: v.number(),
  largest_lag_symbol: nullableString,
  waiting_bytes: count,
  failures: v.pipe(count, v.description("Since each symbol's object was loaded")),
  unread: v.pipe(count, v.description("Symbols whose objects did not answer: they are in none of the sums")),
});

export const operationsSchema = v.object({
  timestamp: time,
  environment: nullableString,
  gateway_version: v.string(),
  sha: nullableString,
  step_ms: count,
  grids: v.array(v.string()),
  health: v.nullable(healthPart),
  ingest: v.nullable(ingestPart),
  latency: v.nullable(v.object({ predict: latency, ingest: latency })),
  feeds: v.pipe(v.nullable(v.array(feedSchema)), v.description("As `GET /admin/feeds`, without addresses")),
  alerts: v.nullable(v.object({ active: v.array(alertSchema), resolved: v.array(resolvedAlertSchema) })),
  archive: v.nullable(archivePart),
  changes: v.pipe(
    v.nullable(v.array(changeSchema)),
    v.description("The last 20 of `GET /admin/history`, newest first"),
  ),
  reports: v.pipe(v.nullable(v.array(storedReportEntry)), v.description("As `GET /reports`, the newest 20")),
  unknown: v.pipe(
    v.array(v.object({ part: v.string(), reason: v.string() })),
    v.description("Each part that is null, and why"),
  ),
  withheld: v.pipe(v.array(v.string()), v.description("What is shown to who bears `ADMIN_TOKEN` alone")),
});
export type OperationsAnswer = v.InferOutput<typeof operationsSchema>;
export type IngestPart = v.InferOutput<typeof ingestPart>;
export type LatencyPart = v.InferOutput<typeof latency>;

const { example } = healthContract.answer;

export const operationsContract = contract({
  method: "get",
  path: "/operations",
  tag: "Operations",
  summary: "What an operator looks at, in one answer",
  description:
    "All parts are asked at once, each with a deadline. A part that cannot be read is null, and `unknown` says why; the " +
    "rest is answered. No secret and no address is in it. An isolate keeps its answer for `READ_CACHE_MS`. `grid` is that of " +
    "`changes` and `step_ms`.",
  token: "READ_TOKEN",
  query: gridQuery,
  answer: {
    description: "The parts",
    schema: operationsSchema,
    example: {
      timestamp: "2025-12-06T09:15:00.000Z",
      environment: "production",
      gateway_version: "0.1.0",
      sha: "8eff8fe2a1b90c37d5e64f1a0b2c3d4e5f607182",
      step_ms: 1000,
      grids: ["1s"],
      health: {
        status: example.status,
        ready: example.ready,
        reasons: example.reasons,
        notices: [],
        serving: example.serving,
        refused_artifacts: [],
        runtime_error: null,
      },
      ingest: {
        since: "2025-12-01T00:00:00.000Z",
        ticks: { accepted: 18_400_112, duplicate: 210, late: 31, outlier: 2, price_outlier: 0 },
        rejected: { stale: 4 },
        failed_batches: 0,
      },
      latency: {
        predict: { count: 40_112, p50_ms: 1.2, p95_ms: 4.1, p99_ms: 8.8 },
        ingest: { count: 61_007, p50_ms: 2.1, p95_ms: 7.4, p99_ms: 15.2 },
      },
      feeds: [],
      alerts: { active: [], resolved: [] },
      archive: {
        symbols: 12,
        largest_lag_s: 901,
        largest_lag_symbol: "BTC-USD",
        waiting_bytes: 10_485_760,
        failures: 0,
        unread: 0,
      },
      changes: [],
      reports: null,
      unknown: [{ part: "reports", reason: "no bucket is bound, without which no report is kept" }],
      withheld: [WITHHELD],
    },
  },
  errors: ["unknown_grid"],
});
