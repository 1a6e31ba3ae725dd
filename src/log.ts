// The gateway's log: one JSON object per line, which Cloudflare's log search can query. Tests pass a recorder.

import { logEvents } from "./counting/isolate-counters.ts";
import { currentRequest } from "./request-context.ts";

/** The fields of an event; an `error` is passed as text. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Receives one event. @param level `error`: an operator must look at it; `warn`: something failed and will be retried.
 */
export type LogSink = (level: "error" | "warn", event: string, fields: LogFields) => void;

/** With the names of the request that caused it, where one did. */
const toConsole: LogSink = (level, event, fields) => {
  const { requestId: request_id, traceId: trace_id } = currentRequest() ?? {};
  console[level](JSON.stringify({ level, event, request_id, trace_id, ...fields }));
};

let sink: LogSink = toConsole;

/**
 * Logs an event that an operator must look at. Example: `logError("alarm_failed", { symbol: "BTC-USD", error: "…" })`.
 */
export function logError(event: string, fields: LogFields = {}): void {
  logEvents.inc({ level: "error" });
  sink("error", event, fields);
}

/** Logs a failure that will be retried. */
export function logWarning(event: string, fields: LogFields = {}): void {
  logEvents.inc({ level: "warn" });
  sink("warn", event, fields);
}

/** Sends all further events to `recorder`, or to the console without one. For tests. */
export function recordLog(recorder: LogSink = toConsole): void {
  sink = recorder;
}
