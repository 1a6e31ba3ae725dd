// The Worker's entry point: routes by group, middleware, and the exported object classes.
import { Hono } from "hono";
import { cors } from "hono/cors";
import type { Env } from "./settings.ts";
import { runScheduled } from "./jobs/run-scheduled.ts";
import { admin } from "./http/admin.ts";
import type { AppEnv } from "./http/app-env.ts";
import { drift } from "./http/drift.ts";
import { feedback } from "./http/feedback.ts";
import { health } from "./http/health.ts";
import { ingest } from "./http/ingest.ts";
import { livePerformance } from "./http/live-performance.ts";
import { metrics } from "./http/metrics.ts";
import { openApi } from "./http/openapi.ts";
import { predict } from "./http/predict.ts";
import { quality } from "./http/quality.ts";
import { reports } from "./http/reports.ts";
import {
  answerNotFound,
  correlateRequest,
  countRequest,
  handleError,
  refuseMethods,
  reportFaults,
} from "./http/request-frame.ts";
import { symbolAlerts } from "./http/symbol-alerts.ts";
import { symbols } from "./http/symbols.ts";

export { AlertsObject } from "./durable/alerts/object.ts";
export { DirectoryObject } from "./durable/directory/object.ts";
export { HealthObject } from "./durable/health/object.ts";
export { RegistryObject } from "./durable/registry/object.ts";
export { SymbolObject } from "./durable/symbol/object.ts";

const app = new Hono<AppEnv>();
app.onError(handleError);
app.use(correlateRequest, countRequest, reportFaults, refuseMethods(app));
const readable = cors({ origin: "*", allowMethods: ["GET", "POST"], exposeHeaders: ["X-Correlation-ID"] });
app.use("/predict", readable);
app.use("/predict/legacy", readable);
app.use("/symbols", readable);
app.use("/symbols/*", readable);
const ofSymbols = [symbols, quality, drift, symbolAlerts];
const ofGateway = [health, metrics, livePerformance, reports, openApi];
for (const routes of [predict, ingest, feedback, ...ofSymbols, ...ofGateway, admin]) app.route("/", routes);
app.notFound(answerNotFound);

export default {
  fetch: app.fetch,
  scheduled: ({ cron, scheduledTime }, env) => runScheduled(env, cron, scheduledTime),
} satisfies ExportedHandler<Env>;
