// Messages as a session hands them to a protocol, and their ticks in a form that is short to compare.
import { isRejection, parseTick } from "../../../src/features/tick.ts";
import { withReceiveTime } from "../../../src/markets/message.ts";
import type { VenueMessage, VenueProtocol, VenueTick } from "../../../src/markets/feed/venue-protocol.ts";

/** When messages without a time were received, in these tests. */
export const RECEIVED_MS = Date.UTC(2026, 10, 30);

/** What the protocol reads of a message's text: JSON where it is such, else the text. */
export function readText(protocol: VenueProtocol, text: string): VenueMessage {
  try {
    return protocol.read(JSON.parse(text));
  } catch {
    return protocol.read(text);
  }
}

/** The fields of a tick that are there, parsed as the gateway parses them. */
function parsed({ input, product, trade }: VenueTick): Record<string, unknown> {
  const tick = parseTick(withReceiveTime(input, RECEIVED_MS), Infinity);
  if (isRejection(tick)) throw new Error(`${tick.field}: got ${tick.got}, expected ${tick.expected}`);
  const { flow, ...fields } = tick;
  const given = Object.entries({ ...fields, side: flow?.side }).filter(
    ([name, value]) => value !== undefined && !Number.isNaN(value) && name !== "symbol" && name !== "id",
  );
  return {
    product,
    ...(trade === undefined ? {} : { trade: [trade.first, trade.last] }),
    ...Object.fromEntries(given),
  };
}

/** The parsed ticks of a message; fails for a message of another kind. */
export function ticksIn(protocol: VenueProtocol, text: string): Record<string, unknown>[] {
  const message = readText(protocol, text);
  if (message.kind !== "ticks") throw new Error(`got a message of kind ${message.kind}, expected ticks: ${text}`);
  return message.ticks.map(parsed);
}
