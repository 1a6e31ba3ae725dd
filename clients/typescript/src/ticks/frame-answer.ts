// What the gateway says on a socket of ticks.
import { parsedJson } from "../request.ts";
import type { RejectedTick, SentTick, TickCounts } from "./tick-sender-options.ts";

export interface HelloAnswer {
  readonly type: "hello";
  readonly maxFrames: number;
  readonly maxBytes: number;
}

export interface AckAnswer {
  readonly type: "ack";
  readonly seq: number;
  readonly counts: TickCounts;
  readonly errors: readonly AnswerError[];
  readonly warnings: readonly string[];
}

export interface RefusedAnswer {
  readonly type: "refused";
  /** `null` for a frame that could not be read. */
  readonly seq: number | null;
  readonly code: string;
  readonly detail: string;
  /** `null` where it can never help to send the frame again. */
  readonly retryAfterS: number | null;
  /** With `resend_from`: the frame that is to come first. */
  readonly from: number | undefined;
  /** The symbols that took nothing, as they were sent; `undefined` where that are all. */
  readonly symbols: readonly string[] | undefined;
}

/** One refused tick, by its place in the batch. */
export interface AnswerError extends Omit<RejectedTick, "tick"> {
  readonly index: number;
  readonly symbol: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** `undefined` for a message that is none of these; one of an unknown type is of a newer gateway: `ignored`. */
export function parseFrameAnswer(
  text: string,
): HelloAnswer | AckAnswer | RefusedAnswer | { readonly type: "ignored" } | undefined {
  const value = parsedJson(text);
  if (!isMembers(value)) return undefined;
  const { type, seq } = value;
  if (type === "hello") return parseHello(value);
  if (type === "ack") {
    const counts = parseCounts(value);
    if (typeof seq !== "number" || counts === undefined) return undefined;
    return { type, seq, counts, errors: parseErrors(value["errors"]), warnings: parseWarnings(value["warnings"]) };
  }
  if (type === "refused") return typeof seq === "number" || seq === null ? parseRefused(value, seq) : undefined;
  return typeof type === "string" ? { type: "ignored" } : undefined;
}

function parseHello({ max_frames_in_flight: frames, max_bytes_in_flight: bytes }: Members): HelloAnswer | undefined {
  const isCredit = typeof frames === "number" && typeof bytes === "number" && frames >= 1 && bytes >= 1;
  return isCredit ? { type: "hello", maxFrames: frames, maxBytes: bytes } : undefined;
}

function parseRefused(value: Members, seq: number | null): RefusedAnswer | undefined {
  const { code, detail, retry_after_s: retryAfterS = null, from, symbols } = value;
  if (typeof code !== "string" || !(retryAfterS === null || typeof retryAfterS === "number")) return undefined;
  if (code === "resend_from" && typeof from !== "number") return undefined;
  return {
    type: "refused",
    seq,
    code,
    detail: typeof detail === "string" ? detail : "",
    retryAfterS,
    from: typeof from === "number" ? from : undefined,
    symbols: Array.isArray(symbols)
      ? (symbols as unknown[]).filter(isMembers).map((its) => textOf(its["symbol"]))
      : undefined,
  };
}

/** `undefined` without the counts that every gateway has; a newer one is 0 where it is missing. */
export function parseCounts(value: Members): TickCounts | undefined {
  const { accepted, duplicate, late, held = 0, released = 0, rejected } = value;
  const counts = { accepted, duplicate, late, held, released, rejected };
  return Object.values(counts).every((count) => typeof count === "number") ? (counts as TickCounts) : undefined;
}

export function parseErrors(value: unknown): AnswerError[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter(isMembers).map(({ index, symbol, reason, field, got, expected }) => ({
    index: typeof index === "number" ? index : -1,
    symbol: typeof symbol === "string" ? symbol : undefined,
    reason: textOf(reason),
    field: textOf(field),
    got: typeof got === "string" ? got : undefined,
    expected: textOf(expected),
  }));
}

export function parseWarnings(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter(isMembers).map(({ code, detail }) => `${textOf(code)}: ${textOf(detail)}`);
}

/** The refused ticks by themselves. An index that is none of the batch's would be a bug of the gateway. */
export function rejectedTicks(errors: readonly AnswerError[], ticks: readonly SentTick[]): RejectedTick[] {
  return errors.flatMap(({ index, reason, field, got, expected }) => {
    const tick = ticks[index];
    return tick === undefined ? [] : [{ tick, reason, field, got, expected }];
  });
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
