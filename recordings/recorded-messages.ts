// Parses one line of an NDJSON recording: a message in any form that the adapters support, as tick inputs.
import { readTickFields } from "../src/features/tick-fields.ts";
import { parseTsMs } from "../src/features/tick-time.ts";
import { jsonObject } from "../src/markets/json-object.ts";
import { ticksOfMessage } from "../src/markets/message.ts";
import { type RecordedInput, refusedLine, type RowsOfLine } from "./recorded-row.ts";
import type { TimeColumn } from "./time-column.ts";

/** `1618677786.80: {…}`, a raw capture with the receive time in front; hftbacktest's has `1723161256172216566 {…}`. */
const RECEIVED = /^(\d{9,12}(\.\d+)?: |\d{16,19} (?=[[{]))/;
/** `wss://… <- 1618677786.51: {…}`, what the capturing client connected to and sent. */
const SENT = /^wss?:\/\/\S+ <->? /;
const KNOWN = "{ts, symbol, price, …} or a ticker message of Coinbase";

/**
 * Rows of a line; a refusal `not_json` for a line that is no JSON (as a cut last one), `unknown_form` for JSON that no
 * adapter supports (subscriptions, heartbeats, other channels).
 */
export function rowsOfMessageLine(line: string, place: number, times: TimeColumn): RowsOfLine {
  if (SENT.test(line)) return [];
  const received = RECEIVED.exec(line);
  let message: unknown;
  try {
    message = JSON.parse(received === null ? line : line.slice(received[0].length));
  } catch {
    return refusedLine("not_json", "line", line, "JSON, one message a line");
  }
  return rowsOfMessage(message, place, times);
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

/** Rows of a message that is parsed already. */
export function rowsOfMessage(message: unknown, place: number, times: TimeColumn): RowsOfLine {
  const inputs = ticksOfMessage(message);
  if (inputs === undefined) return refusedLine("unknown_form", "message", JSON.stringify(message) ?? "nothing", KNOWN);
  return inputs.map((raw) => {
    const input: RecordedInput = { ...readTickFields(jsonObject(raw) ?? {}) };
    input.ts = times.msOf(input.ts, place);
    return { input, place };
  });
}
