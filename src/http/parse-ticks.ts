// The bodies that /ingest takes, as a list of unknown messages: a JSON array, one object, or NDJSON.
import { foreignWord } from "./json-text.ts";
import { Problem } from "./problem.ts";
import { notJson } from "./read-body.ts";

/** Ticks of one request at most: each can close 300 steps, and about 18 that must be scored. */
const MAX_TICKS = 5_000;

/** Stands for a line that is not JSON. */
export class NotJson {
  /** A word that JSON does not have, and where it stands. */
  readonly got: string;

  constructor(line: string) {
    this.got = foreignWord(line) ?? "no JSON";
  }
}

/**
 * Splits a body into messages. One JSON value per line is NDJSON, whatever the content type says; a line that is not
 * JSON becomes one refused tick. A body that begins with `[` is one JSON array, or refused. Throws `Problem` 400 for a
 * body that is neither, 413 for more than 5,000 ticks.
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
  if (!(value instanceof NotJson)) return Array.isArray(value) ? (value as unknown[]) : [value];
  // Lines of a damaged array must not be taken for NDJSON: the last one has no comma.
  const messages = body.trimStart().startsWith("[") ? [] : parseLines(body);
  if (messages.length > MAX_TICKS || messages.some((message) => !(message instanceof NotJson))) return messages;
  throw notJson(body, "a JSON array of ticks, one tick, or NDJSON");
}

function parseLines(body: string): unknown[] {
  const messages: unknown[] = [];
  for (const line of body.split("\n")) {
    if (line.trim() === "") continue;
    messages.push(parseJson(line));
    if (messages.length > MAX_TICKS) break;
  }
  return messages;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new NotJson(text);
  }
}
