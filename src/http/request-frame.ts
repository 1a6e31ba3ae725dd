// What surrounds every request: correlation id in and out, counting, and errors turned into problem documents.
import type { ErrorHandler, Hono, MiddlewareHandler, NotFoundHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { routePath } from "hono/route";
import { areCountsDue, sendCounts } from "../clients/metrics.ts";
import { causeOf } from "../clients/symbols.ts";
import { isSettingsError } from "../settings/settings-error.ts";
import { requests } from "../counting/isolate-counters.ts";
import type { AppEnv } from "./app-env.ts";
import { ERROR_CODE_HEADER } from "./inference-error-schema.ts";
import { Problem, problemResponse } from "./problem.ts";
import { isReportDue, reportHealth } from "../health/health-object.ts";
import { logError } from "../log.ts";
import { RequestTimes, runAsRequest } from "../request-context.ts";
import { newTrace, parseTraceParent, traceParentText } from "./trace-parent.ts";
import { unavailableCode } from "./unavailable-code.ts";

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** Takes `X-Correlation-ID` from the request, or makes one. */
export const correlateRequest = requestId({
  headerName: "X-Correlation-ID",
  limitLength: 128,
  // Asked where the id has characters that hono does not take: ours may be any printable ones.
  generator: (c) => {
    const given = c.req.header("X-Correlation-ID");
    return given !== undefined && CORRELATION_ID.test(given) ? given : crypto.randomUUID();
  },
});

/**
 * Works in the request's name: its log lines have its id and that of its trace. Answers `traceparent`, and
 * `Server-Timing` with where the time went.
 */
export const traceRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
  const trace = parseTraceParent(c.req.header("traceparent")) ?? newTrace();
  const times = new RequestTimes();
  await runAsRequest({ requestId: c.get("requestId"), traceId: trace.traceId, times }, next);
  const totalMs = Date.now() - times.startMs;
  // hono's `c.header` would copy the whole answer each time.
  const { headers } = c.res;
  headers.set("traceparent", traceParentText(trace));
  headers.set("Server-Timing", `parse;dur=${times.parseMs}, objects;dur=${times.objectsMs}, total;dur=${totalMs}`);
};

/** Counts answers by route pattern. */
export const countRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  requests.inc({ method: boundedMethod(c.req.method), endpoint: endpointOf(c), status: String(c.res.status) });
};

/** What this isolate has counted, and has seen fail, is reported after an answer. */
export const reportIsolate: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const nowMs = Date.now();
  if (isReportDue(nowMs)) c.executionCtx.waitUntil(reportHealth(c.env));
  if (areCountsDue("worker", nowMs)) c.executionCtx.waitUntil(sendCounts(c.env, "worker"));
};

/** An answer is of its moment, unless its route says how long it may be kept. */
export const keepNothing: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
};

/** The pattern of the route that answered, never the raw path: a label must be bounded. */
function endpointOf(c: Parameters<MiddlewareHandler<AppEnv>>[0]): string {
  const pattern = routePath(c, -1);
  return pattern === "*" || pattern === "/*" || pattern === "" ? "unmatched" : pattern;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

function boundedMethod(method: string): string {
  return METHODS.has(method) ? method : "OTHER";
}

/** 4xx say what was wrong; 5xx never show internals, but the log has them under the request's id. */
export const handleError: ErrorHandler<AppEnv> = (error, c) => {
  const id = c.get("requestId");
  if (error instanceof Problem) return problemResponse(c, error, id);
  const unavailable = unavailableCode(error);
  if (unavailable !== undefined) {
    logError(unavailable, { request_id: id, error: causeOf(error) });
    return problemResponse(c, new Problem(unavailable, error.message, { headers: { "Retry-After": "1" } }), id);
  }
  logError("unhandled_error", { request_id: id, error: String(error) });
  if (isSettingsError(error)) {
    return problemResponse(c, new Problem("not_configured", "a variable of the deployment is wrong"), id);
  }
  return problemResponse(c, new Problem("internal_error", "an unexpected error; see the log"), id);
};

export const answerNotFound: NotFoundHandler<AppEnv> = (c) => {
  const { method, path } = c.req;
  const hint = MODEL_CONTROL.test(path) ? ": an artifact is loaded by its alias, PUT /admin/aliases/:alias" : "";
  return problemResponse(
    c,
    new Problem("no_such_route", `${method} ${path} is no route of this gateway${hint}`),
    c.get("requestId"),
  );
};

/** What clients of the Open Inference Protocol ask for to load a model. */
const MODEL_CONTROL = /^\/v2\/repository\/models\/[^/]+\/(un)?load$/;

/**
 * Answers 405 with `Allow` where the path is a route of other methods. HEAD goes wherever GET does, and is not named.
 */
export function refuseMethods(app: Hono<AppEnv>): MiddlewareHandler<AppEnv> {
  return methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      const allow = methods.filter((method) => method !== "HEAD").join(", ");
      const detail = `method: got ${c.req.method}, expected ${allow}`;
      const problem = new Problem("method_not_allowed", detail, { headers: { Allow: allow } });
      // What takes an answer's place keeps its headers, and this is in place of a 404.
      c.res.headers.delete(ERROR_CODE_HEADER);
      return problemResponse(c, problem, String(c.get("requestId")));
    },
  });
}
