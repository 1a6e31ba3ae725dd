// Predictions, labels and alerts as an async iterator that goes on after every drop.
import type { Connection } from "../connection.ts";
import type { SocketPlace } from "../gateway-socket.ts";
import { parsedMessages } from "./parsed-messages.ts";
import { reconnecting, type ReconnectOptions } from "./reconnecting.ts";
import { ResumeGuard } from "./resume-guard.ts";
import { socketMessages } from "./socket-messages.ts";
import { sseMessages } from "./sse-messages.ts";
import type { StreamEvent } from "./stream-event.ts";
import { StreamPositions } from "./stream-positions.ts";

const PATH = "/stream";
const MOST_SYMBOLS = 100;

export interface StreamOptions extends ReconnectOptions {
  /** 1 to 100. */
  readonly symbols: readonly string[];
  readonly grid?: string | undefined;
  readonly horizon?: string | undefined;
  /** All kinds when not given. */
  readonly events?: readonly ("prediction" | "label" | "alert")[] | undefined;
  /** The `cursor` of the last event that was taken, of an earlier stream; what is new when not given. */
  readonly after?: string | undefined;
}

/**
 * Gives each event once, those of a symbol in their order. After a drop, which is no error, it continues behind the
 * last event that was taken. The gateway sends little ahead of what is taken, so that a slow loop costs memory nowhere.
 * What it does not keep meanwhile is named by an event `gap`, symbols that it does not follow by an event `missing`.
 *
 * Throws `VolgateError` when it is refused, or nothing comes for `giveUpAfterMs`; the signal's reason once aborted.
 */
export async function* streamEvents(
  connection: Connection,
  options: StreamOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { symbols, grid, horizon, events, signal } = options;
  if (symbols.length < 1 || symbols.length > MOST_SYMBOLS) {
    throw new RangeError(`symbols: got ${symbols.length}, expected 1 to ${MOST_SYMBOLS}`);
  }
  const positions = new StreamPositions(options.after);
  let missing = "";
  const faults = { count: 0 };
  const guard = new ResumeGuard();
  const place = (): SocketPlace => {
    guard.resumed();
    const query = {
      symbols: symbols.join(","),
      grid,
      horizon,
      events: events?.join(","),
      after: positions.value || undefined,
    };
    return { path: PATH, query, token: "readToken" };
  };
  const sources = {
    path: PATH,
    socket: () => parsedMessages(PATH, (its) => socketMessages(connection, place(), its), faults, signal),
    http: () => parsedMessages(PATH, (its) => sseMessages(connection, place(), its), faults, signal),
  };
  for await (const message of reconnecting(connection, sources, options)) {
    if (message.type === "other") continue;
    if (message.type === "hello") {
      const { unknown, unavailable, cursor } = message;
      // Until the first event of a symbol: what happens from here on must not be missed by a drop.
      positions.begin(cursor);
      const before = missing;
      missing = [...unknown, ...unavailable].join();
      if (missing !== before) yield { type: "missing", unknown, unavailable, cursor: positions.value };
    } else if (guard.isNew(message)) {
      faults.count = 0;
      positions.update(message.cursor);
      yield { ...message, cursor: positions.value };
    }
  }
}
