// Converts every known message form, a line of a file or a frame of a feed, to input of `parseTick`.
import type { TickInput } from "../features/tick-fields.ts";
import { parseTsMs } from "../features/tick-time.ts";
import { isOwnTick, tickOfCanonicalRow } from "./canonical-row.ts";
import { jsonObject, type JsonObject } from "./json-object.ts";
import {
  type AmbiguousMessage,
  isFlatMessage,
  type NativeFormat,
  readNamedMessage,
  readNativeMessage,
} from "./native-formats.ts";
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
  const envelope = hasTicks(bare) ? undefined : jsonObject(value);
  const payload = envelope === undefined ? undefined : payloadOf(envelope);
  // What is around a payload may look like a message without a tick: the payload counts, also if it is not known.
  if (envelope === undefined || typeof payload !== "object" || payload === null) return bare;
  const inner = readBareMessage(payload, format);
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
  if (format === undefined && isOwnTick(value)) return { inputs: [value] };
  const native = format === undefined ? readNativeMessage(value) : readNamedMessage(value, format);
  if (native !== undefined && "formats" in native) return native;
  if (native !== undefined && native.length > 0) return { inputs: native };
  const row = tickOfCanonicalRow(value);
  // A row's further fields may have the names of some venue's heartbeat.
  if (row !== undefined && (native === undefined || !isFlatMessage(value, format))) {
    return format === undefined ? { inputs: [row] } : undefined;
  }
  return native === undefined ? undefined : { inputs: native };
}

/** Whether there is nothing more to look for. */
function hasTicks(found: MessageTicks | AmbiguousMessage | undefined): boolean {
  return found !== undefined && ("formats" in found || found.inputs.length > 0);
}

function payloadOf({ payload }: JsonObject): unknown {
  if (typeof payload !== "string") return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
