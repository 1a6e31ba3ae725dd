// The events of a stream, as the gateway sends them, and what else comes beside them.
import type { Streams } from "../api-types.ts";

type Message = Streams["/stream"];
/**
 * `cursor` is where a later stream continues (`after`): right behind this event, and behind the last ones of all other
 * symbols.
 */
type EventOf<Type extends Message["type"]> = Extract<Message, { readonly type: Type }>;

/** What the champion says of a closed step. */
export type PredictionEvent = EventOf<"prediction">;
/** What became of a step that was predicted: whether there was a spike within the horizon. */
export type LabelEvent = EventOf<"label">;
/** An alert that began or ended, as webhooks show it. */
export type AlertEvent = EventOf<"alert">;
/** Events that are not kept any more, or were skipped. */
export type GapEvent = EventOf<"gap">;

/**
 * Symbols of the request that are not followed. They are asked for again each minute, without a hole for the others.
 */
export interface MissingEvent {
  readonly type: "missing";
  readonly cursor: string;
  /** Names without a tick. */
  readonly unknown: readonly string[];
  /** Symbols whose object does not answer. */
  readonly unavailable: readonly string[];
}

export type StreamEvent = PredictionEvent | LabelEvent | AlertEvent | GapEvent | MissingEvent;

/** The first message of a stream. */
interface StreamHello {
  readonly type: "hello";
  readonly cursor: string;
  readonly unknown: readonly string[];
  readonly unavailable: readonly string[];
}

/** A message of a kind that this version does not know. */
interface OtherMessage {
  readonly type: "other";
}

export type StreamMessage = Exclude<StreamEvent, MissingEvent> | StreamHello | OtherMessage;

/** The members by which this package finds its way, by type of message; the others are the gateway's word. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, "string" | "number" | "boolean">>>> = {
  hello: { cursor: "string" },
  prediction: { id: "string", cursor: "string", symbol: "string", ts: "number", step: "number", probability: "number" },
  label: { id: "string", cursor: "string", symbol: "string", ts: "number", step: "number", label: "boolean" },
  alert: { id: "string", cursor: "string", state: "string" },
  gap: { cursor: "string", reason: "string" },
};

/**
 * A message of a stream; `undefined` for a value that is none. One of an unknown type is of a newer gateway: `other`.
 */
export function parseStreamMessage(value: unknown): StreamMessage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const message = value as Readonly<Record<string, unknown>>;
  const { type, cursor } = message;
  if (typeof type !== "string") return undefined;
  if (!Object.hasOwn(NEEDED, type)) return { type: "other" };
  for (const [name, its] of Object.entries(NEEDED[type]!)) if (typeof message[name] !== its) return undefined;
  if (type === "hello" && typeof cursor === "string") {
    const [unknown, unavailable] = [namesOf(message["unknown"]), namesOf(message["unavailable"])];
    return { type, cursor, unknown, unavailable };
  }
  return value as Exclude<StreamEvent, MissingEvent>;
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).filter((name) => typeof name === "string") : [];
}
