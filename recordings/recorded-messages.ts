// Parses one line of an NDJSON recording: a message in any form that the adapters support, as tick inputs.
import { readTickFields } from "../src/features/tick-fields.ts";
import { parseTsMs } from "../src/features/tick-time.ts";
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
  return rowsOfMessage(message, place, times, captured?.receivedMs);
}

/** The first time that a message names at its beginning or inside. */
const TIME = /"(?:ts|timestamp|time)"\s*:\s*(?:"([^"]*)"|(\d+(?:\.\d+)?))/;

/**
 * A time of a line without parsing it, in ms: mostly the tick's. Good enough to see whether lines are in order, where a
 * mistake costs a sort or is counted.
 */
export function likelyTimeOfLine(line: string, place: number, times: TimeColumn): number | undefined {
  const match = TIME.exec(line);
  if (match === null) return undefined;
  const ms = times.msOf(match[1] ?? match[2], place);
  const known = typeof ms === "number" ? ms : parseTsMs(ms);
  return Number.isFinite(known) ? known : undefined;
}

/** Rows of a message that is parsed already. @param receivedMs when it was received, where the capture says so. */
export function rowsOfMessage(message: unknown, place: number, times: TimeColumn, receivedMs?: number): RowsOfLine {
  const inputs = ticksOfMessage(message, receivedMs);
  const text = (): string => JSON.stringify(message) ?? "nothing";
  if (inputs === undefined) return refusedLine("unknown_form", "message", text(), KNOWN);
  if (inputs.length === 0) return refusedLine("no_tick", "message", text(), "a message with a trade or a quote");
  return inputs.map((raw) => {
    const input: RecordedInput = { ...readTickFields(jsonObject(raw) ?? {}) };
    input.ts = times.msOf(input.ts, place);
    return { input, place };
  });
}
