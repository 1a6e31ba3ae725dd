// `--since`: a time, or how long ago.
import { parseDurationMs, wrongValue } from "../../command-line/value-types.ts";
import { parseIsoTime } from "./iso-time.ts";

/** Ms since 1970. Throws `UserError` for another text than an ISO 8601 time or a length of time like 30d. */
export function parseSince(value: string, nowMs: number): number {
  const agoMs = parseDurationMs(value);
  const ms = Number.isNaN(agoMs) ? parseIsoTime(value) : nowMs - agoMs;
  if (ms === undefined) throw wrongValue("--since", value, "an ISO 8601 time, or a length of time like 30d");
  return ms;
}
