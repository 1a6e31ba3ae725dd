// The messages of one connection, checked. A message that is not as it should be ends the connection, as a drop does.
import { Dropped } from "./dropped.ts";
import { parseStreamMessage, type StreamMessage } from "./stream-event.ts";
import { VolgateError } from "../volgate-error.ts";

/** Symbols that were not followed may exist by then. */
const ASK_AGAIN_MS = 60_000;
/** When a malformed message comes again and again, there is no way on. */
const MOST_FAULTS = 3;

/** Malformed messages since the last event. */
export interface Faults {
  count: number;
}

/**
 * Gives the messages of a connection. While the gateway does not follow all symbols, the connection ends after a
 * minute. Throws `Dropped`, `VolgateError` for the third malformed message in a row, and the signal's reason.
 */
export async function* parsedMessages(
  path: string,
  open: (signal: AbortSignal) => AsyncGenerator<unknown, never>,
  faults: Faults,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamMessage, never> {
  const cut = new AbortController();
  let again: ReturnType<typeof setTimeout> | undefined;
  try {
    for await (const value of open(signal === undefined ? cut.signal : AbortSignal.any([signal, cut.signal]))) {
      const message = parseStreamMessage(value);
      if (message === undefined) throw malformed(path, value, faults);
      if (message.type === "hello" && message.unknown.length + message.unavailable.length > 0) {
        const why = new Dropped("symbols that were missing are asked for again", { wasOpen: true });
        again = setTimeout(() => cut.abort(why), ASK_AGAIN_MS);
      }
      yield message;
    }
    throw new Dropped("the stream ended", { wasOpen: true });
  } finally {
    clearTimeout(again);
  }
}

function malformed(path: string, value: unknown, faults: Faults): Error {
  faults.count += 1;
  const detail = `a message that is no event: ${JSON.stringify(value).slice(0, 120)}`;
  if (faults.count < MOST_FAULTS) return new Dropped(detail, { wasOpen: true });
  return new VolgateError(path, { code: "unreadable", status: 0, detail, attempts: faults.count });
}
