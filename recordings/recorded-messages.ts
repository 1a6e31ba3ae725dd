// Parses one line of an NDJSON recording: a message in any form that the adapters support, as tick inputs.
import { readTickFields } from "../src/features/tick-fields.ts";
import { capturedLine } from "../src/markets/captured-line.ts";
import { jsonObject } from "../src/markets/json-object.ts";
import { ticksOfMessage } from "../src/markets/message.ts";
import { NATIVE_FORMATS } from "../src/markets/native-formats.ts";
import { type RecordedInput, refusedLine, type RowsOfLine } from "./recorded-row.ts";
import type { TimeColumn } from "./time-column.ts";

const KNOWN = `{ts, symbol, price, …} or a message of ${NATIVE_FORMATS.join(", ")}`;

/**
 * Rows of a line; a refusal `not_json` for a line that is no JSON (as a cut last one), `unknown_form` for JSON of no
 * known form, `no_tick` for a message without one (a subscription, a heartbeat, another channel).
 */
export function rowsOfMessageLine(line: string, place: number, times: TimeColumn): RowsOfLine {
  const captured = capturedLine(line);
  if (captured === "sent") return [];
  let message: unknown;
  try {
    message = JSON.parse(captured?.text ?? line);
  } catch {
    return refusedLine("not_json", "line", line, "JSON, one message a line");
  }
  const inputs = ticksOfMessage(message, captured?.receivedMs);
  if (inputs === undefined) return refusedLine("unknown_form", "message", line, KNOWN);
  if (inputs.length === 0) return refusedLine("no_tick", "message", line, "a message with a trade or a quote");
  return inputs.map((raw) => {
    const fields = jsonObject(raw) ?? {};
    const input: RecordedInput = { ...readTickFields(fields) };
    input.ts = times.msOf(input.ts, place);
    return { input, place, kept: venueOf(fields) };
  });
}

function venueOf({ exchange, venue }: Readonly<Record<string, unknown>>): string | undefined {
  const name = exchange ?? venue;
  return typeof name === "string" ? `exchange "${name}"` : undefined;
}
