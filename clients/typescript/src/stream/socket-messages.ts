// The messages of one socket that reads. Its checks are answered only when the reader has taken what came before them:
// the gateway sends no more than four of them ahead, so that nothing piles up on either side.
import type { Connection } from "../connection.ts";
import { GatewaySocket, type SocketEnd, type SocketPlace } from "../gateway-socket.ts";
import { parsedJson } from "../request.ts";
import { Dropped } from "./dropped.ts";

/** More than a gateway that waits for checks sends ahead. */
const MOST_WAITING = 5_000;

/**
 * Gives the JSON of each message. Ends by throwing `Dropped`, after all that came before; or the signal's reason, at
 * once.
 */
export async function* socketMessages(
  connection: Connection,
  place: SocketPlace,
  signal?: AbortSignal,
): AsyncGenerator<unknown, never, undefined> {
  signal?.throwIfAborted();
  const waiting: string[] = [];
  let end: SocketEnd | undefined;
  let wake = (): void => undefined;
  const finish = (ended: SocketEnd): void => {
    end ??= ended;
    wake();
  };
  const socket = new GatewaySocket(connection, place, {
    onText: (text) => {
      waiting.push(text);
      if (waiting.length > MOST_WAITING) {
        socket.close(4008, "slow_reader");
        finish({ wasOpen: true, code: 4008, why: `${waiting.length} messages came without a check` });
      }
      wake();
    },
    onEnd: finish,
  });
  const onAbort = (): void => wake();
  signal?.addEventListener("abort", onAbort);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const text = waiting.shift();
      if (text === undefined) {
        if (end !== undefined) throw new Dropped(end.why, end);
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const value = parsedJson(text);
      if (value === undefined) throw new Dropped(`a message that is no JSON: ${text.slice(0, 80)}`, { wasOpen: true });
      if (isCheck(value)) socket.send(JSON.stringify({ type: "checked", n: value.n }));
      else yield value;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    socket.close();
  }
}

function isCheck(value: unknown): value is { readonly type: "check"; readonly n: number } {
  return typeof value === "object" && value !== null && "type" in value && value.type === "check" && "n" in value;
}
