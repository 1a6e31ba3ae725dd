// Converts every known message form, a line of a file or a frame of a feed, to input of `parseTick`.
import type { TickInput } from "../features/tick-fields.ts";
import { parseTsMs } from "../features/tick-time.ts";
import { isOwnTick, tickOfCanonicalRow } from "./canonical-row.ts";
import { jsonObject, type JsonObject } from "./json-object.ts";
import { type AmbiguousMessage, type NativeFormat, readNamedMessage, readNativeMessage } from "./native-formats.ts";
import { RECEIVED } from "./native-ticks.ts";

/** What a message holds: ticks in volgate's own form as they came, or what was read of a native message. */
export interface MessageTicks {
  /** In the message's order; empty for a known message without a tick. */
  readonly inputs: readonly (TickInput | JsonObject)[];
  /** When the message was received, where its envelope says so, ms. */
  readonly receivedMs?: number | undefined;
}

/**
 * Tick inputs of a message of any form, or of the format that its sender named; also of the `payload` of a collector's
 * envelope `{received_at, payload}`, an object or its JSON text. `undefined` for every other form, or one that is not
 * of that format.
 *
 * Example: `{received_at: "…", payload: {channel: "ticker", timestamp: "…", events: […]}}` gives the payload's ticks.
 */
export function readMessage(value: unknown, format?: NativeFormat): MessageTicks | AmbiguousMessage | undefined {
  const bare = readBareMessage(value, format);
  const envelope = bare === undefined ? jsonObject(value) : undefined;
  if (envelope === undefined || !("payload" in envelope)) return bare;
  const inner = readBareMessage(payloadOf(envelope), format);
  const receivedMs = parseTsMs(envelope["received_at"]);
  return inner === undefined || "formats" in inner || Number.isNaN(receivedMs) ? inner : { ...inner, receivedMs };
}

/**
 * The same for files: a message that more than one format claims is `undefined` too. The inputs are not checked here:
 * `parseTick` checks each one.
 *
 * @param receivedMs when the message was received, for the formats whose messages have no time: without it they are
 * refused.
 */
export function ticksOfMessage(value: unknown, receivedMs?: number): readonly unknown[] | undefined {
  const found = readMessage(value);
  if (found === undefined || "formats" in found) return undefined;
  return found.inputs.map((input) => withReceiveTime(input, found.receivedMs ?? receivedMs));
}

/** Whether a tick has no time by the documentation of its message. */
export function lacksTime(input: unknown): boolean {
  return jsonObject(input)?.["ts"] === RECEIVED;
}

/** The tick with the time of its receipt, where it has none of its own. */
export function withReceiveTime(input: unknown, receivedMs: number | undefined): unknown {
  return lacksTime(input) ? { ...jsonObject(input), ts: receivedMs } : input;
}

function readBareMessage(
  value: unknown,
  format: NativeFormat | undefined,
): MessageTicks | AmbiguousMessage | undefined {
  if (format !== undefined) return inputsOf(readNamedMessage(value, format));
  if (isOwnTick(value)) return { inputs: [value] };
  const native = readNativeMessage(value);
  if (native !== undefined) return "formats" in native ? native : { inputs: native };
  const row = tickOfCanonicalRow(value);
  return row === undefined ? undefined : { inputs: [row] };
}

function inputsOf(inputs: readonly TickInput[] | undefined): MessageTicks | undefined {
  return inputs === undefined ? undefined : { inputs };
}

function payloadOf({ payload }: JsonObject): unknown {
  if (typeof payload !== "string") return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
