// What surrounds every request: correlation id in and out, counting, and errors turned into problem documents.
import type { ErrorHandler, MiddlewareHandler, NotFoundHandler } from "hono";
import type { RouterRoute } from "hono/types";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { SettingsError } from "../settings-error.ts";
import { requests } from "../scrape/isolate-metrics.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem, problemResponse } from "./problem.ts";
import { logError } from "../log.ts";

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** Takes `X-Correlation-ID` from the request, or makes one, and counts the answer by route pattern. */
export const frameRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
  const given = c.req.header("X-Correlation-ID");
  const requestId = given !== undefined && CORRELATION_ID.test(given) ? given : crypto.randomUUID();
  c.set("requestId", requestId);
  // Before the answer is made: a header set on a finished one copies it.
  c.header("X-Correlation-ID", requestId);
  await next();
  requests.inc({ method: boundedMethod(c.req.method), endpoint: endpointOf(c), status: String(c.res.status) });
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
  const requestId = c.get("requestId") ?? crypto.randomUUID();
  if (error instanceof Problem) return problemResponse(c, error, requestId);
  if (error instanceof HTTPException) {
    return problemResponse(c, new Problem(error.status as 400, "http_error", error.message), requestId);
  }
  logError("unhandled_error", { request_id: requestId, error: String(error) });
  if (error instanceof SettingsError) {
    return problemResponse(c, new Problem(503, "not_configured", "a variable of the deployment is wrong"), requestId);
  }
  return problemResponse(c, new Problem(500, "internal_error", "an unexpected error; see the log"), requestId);
};

/** Answers 405 with `Allow` where the path is a route of other methods, else 404. */
export function notFound(routes: readonly RouterRoute[]): NotFoundHandler<AppEnv> {
  const known = routes
    .filter(({ method }) => METHODS.has(method))
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:[a-z]+/g, "[^/]+")}$`) }));
  return (c) => {
    const { method, path } = c.req;
    const allowed = [...new Set(known.filter(({ pattern }) => pattern.test(path)).map((route) => route.method))];
    if (allowed.length === 0) {
      const problem = new Problem(404, "no_such_route", `${method} ${path} is no route of this gateway`);
      return problemResponse(c, problem, c.get("requestId"));
    }
    const allow = allowed.join(", ");
    const problem = new Problem(405, "method_not_allowed", `method: got ${method}, expected ${allow}`, {
      headers: { Allow: allow },
    });
    return problemResponse(c, problem, c.get("requestId"));
  };
}
