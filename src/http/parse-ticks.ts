// The bodies that /ingest takes, as a list of unknown messages: a JSON array, one object, or NDJSON.
import { Problem } from "./problem.ts";

/** Ticks of one request at most: each can close 300 steps, and about 18 that must be scored. */
const MAX_TICKS = 5_000;

/** Stands for a line that is not JSON. */
export const NOT_JSON = Symbol("not JSON");

/**
 * Splits a body into messages. One JSON value per line is NDJSON, whatever the content type says; a line that is not
 * JSON becomes one refused tick. Throws `Problem` 400 for a body that is neither, 413 for more than 5,000 ticks.
 */
export function parseTickMessages(body: string, contentType: string | undefined): readonly unknown[] {
  const messages = contentType?.includes("ndjson") ? parseLines(body) : parseAny(body);
  if (messages.length > MAX_TICKS) {
    throw new Problem("too_many_ticks", `body: got more than ${MAX_TICKS} ticks, expected at most that`);
  }
  return messages;
}

function parseAny(body: string): readonly unknown[] {
  const value = parseJson(body);
  if (value === undefined) {
    const messages = parseLines(body);
    if (messages.length > MAX_TICKS || messages.some((message) => message !== NOT_JSON)) return messages;
    const got = JSON.stringify(body.slice(0, 40));
    throw new Problem("not_json", `body: got ${got}, expected a JSON array of ticks, one tick, or NDJSON`);
  }
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function parseLines(body: string): unknown[] {
  const messages: unknown[] = [];
  for (const line of body.split("\n")) {
    if (line.trim() === "") continue;
    const message = parseJson(line);
    messages.push(message === undefined ? NOT_JSON : message);
    if (messages.length > MAX_TICKS) break;
  }
  return messages;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
