// The Worker's entry point: routes by group, middleware, and the exported object classes.
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { type Env, settingsOf } from "./settings.ts";
import { runScheduled } from "./jobs/run-scheduled.ts";
import { admin } from "./http/admin.ts";
import type { AppEnv } from "./http/app-env.ts";
import { authorizeReading } from "./http/authorize.ts";
import { drift } from "./http/drift.ts";
import { symbolThresholds } from "./http/symbol-threshold.ts";
import { experimentReading } from "./http/experiment-reading.ts";
import { explanation } from "./http/explanation.ts";
import { feedback } from "./http/feedback.ts";
import { health } from "./http/health.ts";
import { infer } from "./http/infer.ts";
import { inferenceMetadata } from "./http/inference-metadata.ts";
import { ingest } from "./http/ingest.ts";
import { limitReads } from "./http/limit-reads.ts";
import { livePerformance } from "./http/live-performance.ts";
import { metrics } from "./http/metrics.ts";
import { openApi } from "./http/openapi.ts";
import { operations } from "./http/operations.ts";
import { overview } from "./http/overview.ts";
import { pooledQuality } from "./http/pooled-quality.ts";
import { predict } from "./http/predict.ts";
import { quality } from "./http/quality.ts";
import { reports } from "./http/reports.ts";
import {
  answerNotFound,
  correlateRequest,
  countRequest,
  handleError,
  keepNothing,
  refuseMethods,
  reportIsolate,
  traceRequest,
} from "./http/request-frame.ts";
import { stream } from "./http/stream.ts";
import { symbolHistory } from "./http/symbol-history.ts";
import { symbolAlerts } from "./http/symbol-alerts.ts";
import { symbols } from "./http/symbols.ts";
import { tickSockets } from "./http/tick-sockets.ts";

export { AlertsObject } from "./durable/alerts/object.ts";
export { DirectoryObject } from "./durable/directory/object.ts";
export { FeedObject } from "./durable/feed/object.ts";
export { HealthObject } from "./durable/health/object.ts";
export { MetricsObject } from "./durable/metrics/object.ts";
export { OverviewObject } from "./durable/overview/object.ts";
export { RegistryObject } from "./durable/registry/object.ts";
export { StreamObject } from "./durable/stream/object.ts";
export { SymbolObject } from "./durable/symbol/object.ts";
export { TickSocketObject } from "./durable/tick-sockets/object.ts";

/** Only what matters for answers to programs; pages set their own policy. */
const SECURE_HEADERS = { strictTransportSecurity: "max-age=31536000", crossOriginResourcePolicy: false };

const app = new Hono<AppEnv>();
app.onError(handleError);
app.use(secureHeaders(SECURE_HEADERS), correlateRequest, traceRequest, countRequest, reportIsolate, keepNothing);
app.use(refuseMethods(app));
// Before the read paths, which ask for another token.
app.route("/", tickSockets);
const readable = cors({
  origin: (origin, c: Context<AppEnv>) => {
    const { corsOrigins } = settingsOf(c.env);
    return corsOrigins.includes("*") ? "*" : corsOrigins.includes(origin) ? origin : null;
  },
  allowMethods: ["GET", "POST"],
  exposeHeaders: [
    ...["X-Correlation-ID", "traceparent", "Server-Timing"],
    ...["X-Error-Code", "Inference-Header-Content-Length"],
  ],
});
// `/x/*` is `/x` as well.
const INFERENCE_PATHS = ["/v2/models/*", "/v2/repository/*"];
const READ_PATHS = [
  ...["/predict/*", "/symbols/*", "/overview", "/stream", "/quality", "/experiment", "/operations"],
  ...INFERENCE_PATHS,
];
for (const path of READ_PATHS) app.use(path, readable);
for (const path of [...READ_PATHS, "/metrics/live-performance", "/reports/*"]) {
  app.use(path, limitReads, authorizeReading("readToken"));
}
for (const path of ["/health", "/health/ready", "/v2/health/ready"]) app.use(path, limitReads);
for (const path of ["/metrics", "/metrics/targets"]) app.use(path, limitReads, authorizeReading("metricsToken"));
const ofSymbols = [
  stream,
  overview,
  symbols,
  symbolHistory,
  explanation,
  quality,
  drift,
  symbolThresholds,
  symbolAlerts,
];
const ofModels = [predict, inferenceMetadata, infer];
const ofGateway = [health, metrics, livePerformance, pooledQuality, experimentReading, operations, reports, openApi];
for (const routes of [...ofModels, ingest, feedback, ...ofSymbols, ...ofGateway, admin]) app.route("/", routes);
app.notFound(answerNotFound);

export default {
  fetch: app.fetch,
  scheduled: ({ cron, scheduledTime }, env) => runScheduled(env, cron, scheduledTime),
} satisfies ExportedHandler<Env>;
