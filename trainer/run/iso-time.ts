// A time on a command line.
import { parseTsMs } from "../../src/features/tick-time.ts";

/** ms since 1970 of an ISO 8601 time, or of a day alone; without a zone it is UTC. `undefined` for anything else. */
export function parseIsoTime(text: string): number | undefined {
  const ms = parseTsMs(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  return Number.isNaN(ms) ? undefined : ms;
}
