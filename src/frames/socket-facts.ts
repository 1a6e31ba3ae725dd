// What a socket of ticks is, as the Worker says at its upgrade and as its object keeps it while the socket sleeps.
import * as v from "valibot";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import type { FrameFacts } from "./frame-batches.ts";
import type { GateState } from "./frame-gate.ts";

/** In this header of the upgrade the Worker hands the facts to the object. */
export const FACTS_HEADER = "X-Volgate-Socket";

export interface SocketFacts extends FrameFacts {
  /** Of the request that opened the socket, for the log. */
  readonly requestId: string;
}

const factsEntries = {
  symbol: v.nullable(v.string()),
  venue: v.nullable(v.string()),
  producer: v.nullable(v.string()),
  requestId: v.string(),
};
const factsSchema = v.object(factsEntries);
const attachmentSchema = v.object({
  ...factsEntries,
  expected: v.nullable(v.number()),
  retryAfterS: v.nullable(v.number()),
});

const refuse = (text: string): Error => new TypeError(text);

/** Throws `TypeError` for an upgrade that the Worker did not send. */
export function factsOf(request: Request): SocketFacts {
  const value: unknown = JSON.parse(request.headers.get(FACTS_HEADER) ?? "null");
  return parseOrThrow(factsSchema, value, { name: FACTS_HEADER, refuse });
}

/** Throws `TypeError` for a value that `serializeAttachment` was not given. */
export function parseAttachment(value: unknown): SocketFacts & GateState {
  return parseOrThrow(attachmentSchema, value, { name: "attachment", refuse });
}
