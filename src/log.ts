// The gateway's log: one JSON object a line, which Cloudflare's log search takes apart. Tests hand in a recorder.

/** What goes with an event; an `error` is given as text. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Takes one event. @param level `error`: somebody must look; `warn`: something was given up that is tried again. */
export type LogSink = (level: "error" | "warn", event: string, fields: LogFields) => void;

const toConsole: LogSink = (level, event, fields) => console[level](JSON.stringify({ event, ...fields }));

let sink: LogSink = toConsole;

/** Logs what somebody must look at. Example: `logError("alarm_failed", { symbol: "BTC-USD", error: "…" })`. */
export function logError(event: string, fields: LogFields = {}): void {
  sink("error", event, fields);
}

/** Logs what was given up and is tried again. */
export function logWarning(event: string, fields: LogFields = {}): void {
  sink("warn", event, fields);
}

/** Sends events to `recorder` from now on; without one, to the console. For tests. */
export function recordLog(recorder: LogSink = toConsole): void {
  sink = recorder;
}
