// Parses one line of an NDJSON recording: a message in any form that the adapters support, as tick inputs.
import { ticksOfMessage } from "../src/markets/message.ts";

/** `1618677786.80: {…}`, a raw capture with the receive time in front. */
const RECEIVED = /^\d{9,12}(\.\d+)?: /;
/** `wss://… <- 1618677786.51: {…}`, what the capturing client connected to and sent. */
const SENT = /^wss?:\/\/\S+ <->? /;

/**
 * Inputs of `parseTick` in a line, `"not_json"` for a line that is no JSON (as a cut last one), `"unknown_form"` for
 * JSON that no adapter supports (subscriptions, heartbeats, other channels).
 */
export function tickInputsOfLine(line: string): readonly unknown[] | "not_json" | "unknown_form" {
  if (SENT.test(line)) return [];
  const received = RECEIVED.exec(line);
  let message: unknown;
  try {
    message = JSON.parse(received === null ? line : line.slice(received[0].length));
  } catch {
    return "not_json";
  }
  return ticksOfMessage(message) ?? "unknown_form";
}
