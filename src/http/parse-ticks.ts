// The bodies that /ingest takes, as a list of unknown messages: a JSON array, one message, NDJSON, or lines of a raw
// capture.
import { capturedLine } from "../markets/captured-line.ts";
import { isVersion1 } from "../markets/kraken.ts";
import { foreignWord } from "./json-text.ts";
import { Problem } from "./problem.ts";
import { notJson } from "./read-body.ts";

/** Ticks of one request at most: each can close 300 steps, and about 18 that must be scored. */
export const MAX_TICKS = 5_000;

/** Stands for a line that is not JSON. */
export class NotJson {
  /** A word that JSON does not have, and where it stands. */
  readonly got: string;

  constructor(line: string) {
    this.got = foreignWord(line) ?? "no JSON";
  }
}

/** A message of a capture, with the time of its receipt there. */
export class CapturedMessage {
  readonly message: unknown;
  readonly receivedMs: number;

  constructor(message: unknown, receivedMs: number) {
    this.message = message;
    this.receivedMs = receivedMs;
  }
}

/** Stands for a line of a capture that its client sent. */
export const SENT_LINE: unique symbol = Symbol("sent by the capturing client");

/**
 * Splits a body into messages. One JSON value per line is NDJSON, whatever the content type says; a line that is not
 * JSON becomes one refused tick. A body that begins with `[` is one JSON array, or refused. Throws `Problem` 400 for a
 * body that is neither, 413 for more than 5,000 messages.
 */
export function parseTickMessages(body: string, contentType: string | undefined): readonly unknown[] {
  const messages = contentType?.includes("ndjson") ? parseLines(body) : parseAny(body);
  if (messages.length > MAX_TICKS) throw tooManyTicks("messages");
  return messages;
}

/** The refusal of a body with more than 5,000 messages, or ticks in them. */
export function tooManyTicks(what: "messages" | "ticks" = "ticks"): Problem {
  return new Problem("too_many_ticks", `body: got more than ${MAX_TICKS} ${what}, expected at most that`);
}

function parseAny(body: string): readonly unknown[] {
  const value = parseJson(body);
  if (!(value instanceof NotJson)) return Array.isArray(value) && !isVersion1(value) ? (value as unknown[]) : [value];
  // Lines of a damaged array must not be taken for NDJSON: the last one has no comma. A message may be a list, though.
  const messages = isDamagedArray(body) ? [] : parseLines(body);
  if (messages.length > MAX_TICKS || messages.some((message) => !(message instanceof NotJson))) return messages;
  throw notJson(body, "a JSON array of ticks, one tick, or NDJSON");
}

function isDamagedArray(body: string): boolean {
  const text = body.trimStart();
  if (!text.startsWith("[")) return false;
  const end = text.indexOf("\n");
  return end < 0 || parseJson(text.slice(0, end)) instanceof NotJson;
}

function parseLines(body: string): unknown[] {
  const messages: unknown[] = [];
  for (const line of body.split("\n")) {
    if (line.trim() === "") continue;
    messages.push(parseLine(line));
    if (messages.length > MAX_TICKS) break;
  }
  return messages;
}

/** A line of NDJSON, or of a capture. */
function parseLine(line: string): unknown {
  const captured = capturedLine(line);
  if (captured === "sent") return SENT_LINE;
  if (captured === undefined) return parseJson(line);
  const message = parseJson(captured.text);
  return message instanceof NotJson ? message : new CapturedMessage(message, captured.receivedMs);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new NotJson(text);
  }
}
