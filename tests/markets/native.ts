// Native messages in the tests: what the parser makes of them.
import { readMessage, withReceiveTime } from "../../src/markets/message.ts";
import type { NativeFormat } from "../../src/markets/native-formats.ts";
import { isRejection, parseTick, type Tick } from "../../src/features/tick.ts";
import { FLOW_FIELDS } from "../../src/features/trade-flow.ts";

/** When the tests' messages were received. */
export const RECEIVED_MS = Date.UTC(2025, 5, 1);

/** A tick without the fields that it lacks, and its `side` beside the others. */
export type ShortTick = Readonly<Record<string, unknown>>;

/** Ticks of a message; a text `field: reason` for one that is refused; `undefined` for a message of no known form. */
export function ticksOf(message: unknown, format?: NativeFormat): (ShortTick | string)[] | undefined {
  const found = readMessage(message, format);
  if (found === undefined || "formats" in found) return undefined;
  return found.inputs.map((input) => {
    const tick = parseTick(withReceiveTime(input, found.receivedMs ?? RECEIVED_MS), Infinity);
    return isRejection(tick) ? `${tick.field}: ${tick.reason}` : shortOf(tick);
  });
}

function shortOf({ flow, ...tick }: Tick): ShortTick {
  const fields: ShortTick = {
    ...tick,
    ...Object.fromEntries(FLOW_FIELDS.map((field) => [field, flow?.[field] ?? NaN])),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !Number.isNaN(value)));
}
