// One posted message as tick inputs: of the format and the venue that the request names, or told by itself.
import { namesGiven, readTickFields } from "../features/tick-fields.ts";
import { splitKey, venueKey } from "../features/symbol-name.ts";
import { jsonObject } from "../markets/json-object.ts";
import { readMessage } from "../markets/message.ts";
import { formatsOf, type NativeFormat } from "../markets/native-formats.ts";
import { shown } from "../schemas/shown.ts";
import type { PostedFormat } from "./ingest-schema.ts";
import type { Refusal } from "./ingest-report.ts";

/** What the request says of all its messages. */
export interface PostedAs {
  readonly format: PostedFormat;
  /** The venue of ticks that name none. */
  readonly venue?: string | undefined;
}

interface PostedTicks {
  /** As they came: of volgate's own form the message itself. */
  readonly inputs: readonly unknown[];
  /** When the message was received, where its envelope says so, ms. */
  readonly receivedMs?: number | undefined;
}

/** The tick inputs of a message, or why none of it is read. @param only of a tick that names no symbol. */
export function postedTicks(message: unknown, format: PostedFormat, only?: string): PostedTicks | Refusal {
  // What is wrong with it is then the parser's to say, as of any tick.
  const asTick: PostedTicks = { inputs: [only === undefined ? message : withSymbol(message, only)] };
  if (format === "tick") return asTick;
  const named = format === "auto" ? undefined : format;
  const found = readMessage(message, named);
  if (found === undefined) return named === undefined ? asTick : notOfFormat(message, named);
  if (!("formats" in found)) return found;
  const expected = `a message of one format; with ?format= it is read as ${found.formats.join(" or ")}`;
  return { reason: "ambiguous_format", field: "message", got: found.formats.join(" and "), expected };
}

/** A refusal of a tick that names another venue than the request. */
export function venueRefusal(input: unknown, venue: string | undefined): Refusal | undefined {
  const own = venue === undefined ? undefined : ownVenue(input);
  if (own === undefined || venueKey(own) === venueKey(venue)) return undefined;
  return { reason: "venue_malformed", field: "venue", got: shown(own), expected: `${venue}, which ?venue= says` };
}

/** The refusal of a tick of another symbol than the only one. */
export function symbolRefusal(got: string, only: string | null | undefined): Refusal | undefined {
  if (only === null || only === undefined || got === only) return undefined;
  return { reason: "symbol_malformed", field: "symbol", got, expected: `${only}, the socket's symbol` };
}

/** The tick with the only symbol, where it names none. */
function withSymbol(message: unknown, only: string): unknown {
  const tick = jsonObject(message);
  if (tick === undefined || namesGiven(tick, "symbol").length > 0) return message;
  const { symbol, venue } = splitKey(only);
  return venue === undefined || ownVenue(tick) !== undefined ? { ...tick, symbol } : { ...tick, symbol, venue };
}

/** The tick with the venue that the request names, where it names none. */
export function withVenue(input: unknown, venue: string | undefined): unknown {
  const tick = venue === undefined ? undefined : jsonObject(input);
  return tick === undefined || ownVenue(tick) !== undefined ? input : { ...tick, venue };
}

function ownVenue(input: unknown): unknown {
  const { venue } = readTickFields(jsonObject(input) ?? {});
  return venue === null || venue === "" ? undefined : venue;
}

function notOfFormat(message: unknown, format: NativeFormat): Refusal {
  const others = formatsOf(message);
  const got = others.length > 0 ? `a message of ${others.join(" or ")}` : shapeOf(message);
  return { reason: "not_of_format", field: "message", got, expected: `a message of ${format}, as ?format= says` };
}

/** A message by the names of its first fields. */
function shapeOf(message: unknown): string {
  if (typeof message !== "object" || message === null) return shown(message);
  if (Array.isArray(message)) return `a list of ${message.length}`;
  const names = Object.keys(message).slice(0, 5).join(", ");
  return names.length > 80 ? `${names.slice(0, 79)}…` : names === "" ? "{}" : `an object with ${names}`;
}
