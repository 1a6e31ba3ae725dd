// The value of a Kafka record as lines of NDJSON for POST /ingest: one JSON value, a list of them, or several lines.
import { capturedLine } from "../../src/markets/captured-line.ts";
import { jsonObject } from "../../src/markets/json-object.ts";
import { isVersion1 } from "../../src/markets/kraken.ts";
import { readTickFields } from "../../src/features/tick-fields.ts";
import { shown } from "../../src/schemas/shown.ts";

/** Why a message, or a tick of it, is not taken. */
export interface MessageRefusal {
  readonly reason: string;
  readonly field: string;
  readonly got?: string | undefined;
  readonly expected: string;
}

export interface MessageLines {
  readonly lines: readonly string[];
  /** Of the first part that cannot be sent; the other parts are in `lines`. */
  readonly refusal?: MessageRefusal | undefined;
}

const TOO_DEEP: MessageRefusal = {
  reason: "too_deep",
  field: "value",
  got: "thousands of lists or objects within each other",
  expected: "a tick or a message of a venue",
};

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The lines of a value. An array is a list of messages, unless it is a message of Kraken's version 1, which is a list.
 *
 * @param symbol given to each JSON object that names none; `undefined` leaves them as they are.
 */
export function messageLines(value: Buffer, symbol?: string): MessageLines {
  let text: string;
  try {
    text = decoder.decode(value);
  } catch {
    return { lines: [], refusal: notJson("value", "bytes that are no UTF-8") };
  }
  const whole = jsonOf(text);
  if (whole === undefined) return linesOf(text, symbol);
  const list = Array.isArray(whole) && !isVersion1(whole) ? (whole as readonly unknown[]) : undefined;
  const found = list?.map((message) => lineOf(undefined, message, symbol)) ?? [lineOf(text, whole, symbol)];
  const lines = found.filter((line) => line !== undefined);
  return lines.length < found.length ? { lines, refusal: TOO_DEEP } : { lines };
}

function linesOf(text: string, symbol: string | undefined): MessageLines {
  const lines: string[] = [];
  let refusal: MessageRefusal | undefined;
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const captured = capturedLine(line);
    if (captured === "sent") continue;
    const message = jsonOf(captured?.text ?? line);
    if (message !== undefined) {
      const sent = captured === undefined ? lineOf(line, message, symbol) : line;
      if (sent === undefined) refusal ??= TOO_DEEP;
      else lines.push(sent);
    } else refusal ??= notJson(text.includes("\n") ? "line" : "value", shown(line));
  }
  return { lines, refusal: refusal ?? (text.trim() === "" ? notJson("value", "a blank text") : undefined) };
}

/** One line: as it came where it is one, so that nothing is changed. `undefined` for what cannot be written as one. */
function lineOf(text: string | undefined, message: unknown, symbol: string | undefined): string | undefined {
  const object = symbol === undefined ? undefined : jsonObject(message);
  if (object !== undefined && isMissing(readTickFields(object).symbol)) return written({ ...object, symbol });
  return text === undefined || /[\r\n]/.test(text) ? written(message) : text.trim();
}

/** `undefined` where lists or objects within each other are more than the stack holds: JSON.parse takes them. */
function written(message: unknown): string | undefined {
  try {
    return JSON.stringify(message);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function notJson(field: string, got: string): MessageRefusal {
  return { reason: "not_json", field, got, expected: "JSON, or one JSON value a line" };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
