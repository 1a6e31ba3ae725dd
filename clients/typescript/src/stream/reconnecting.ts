// What keeps a stream going: opens it again after each drop, with longer pauses while nothing comes of it, and over
// HTTP where no socket can be had.
import { type Connection, requirePositive } from "../connection.ts";
import { noSocketError } from "../gateway-socket.ts";
import { VolgateError } from "../volgate-error.ts";
import { pauseMs, wait } from "../wait.ts";
import { Dropped } from "./dropped.ts";

/** `socket` and the way over HTTP, or the one where the other cannot be had. */
export type Transport = "auto" | "socket" | "http";

/** What a stream is doing, for those who show it. */
export type StreamState =
  | { readonly kind: "connecting"; readonly transport: "socket" | "http" }
  | { readonly kind: "open"; readonly transport: "socket" | "http" }
  | { readonly kind: "waiting"; readonly why: string; readonly retryInMs: number };

export interface ReconnectOptions {
  /** `auto` when not given: a socket, and HTTP where none can be opened. */
  readonly transport?: Transport | undefined;
  /** Gives up when nothing comes for so long; the client's when not given. `Infinity` never does. */
  readonly giveUpAfterMs?: number | undefined;
  /** Ends the stream with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Receives each change of what the stream is doing. */
  readonly onState?: ((state: StreamState) => void) | undefined;
}

/** The two ways to the same messages. Each throws `Dropped` when it ends. */
export interface Sources<T> {
  /** What errors name, e.g. `/stream`. */
  readonly path: string;
  readonly socket: () => AsyncGenerator<T, never, undefined>;
  readonly http: () => AsyncGenerator<T, never, undefined>;
}

/** Close codes after which another socket would end in the same way. */
const FINAL_CLOSES: ReadonlySet<number> = new Set([4000]);

/**
 * Gives the messages of one source after the other. Throws `VolgateError` when nothing came for `giveUpAfterMs`, or
 * when it is refused for good; the signal's reason once it is aborted.
 */
export async function* reconnecting<T>(
  connection: Connection,
  { path, socket, http }: Sources<T>,
  options: ReconnectOptions,
): AsyncGenerator<T, never, undefined> {
  const { transport = "auto", giveUpAfterMs = connection.giveUpAfterMs, signal, onState } = options;
  requirePositive("giveUpAfterMs", giveUpAfterMs);
  const hasSockets = connection.WebSocket !== undefined;
  if (transport === "socket" && !hasSockets) throw noSocketError(path);
  let useSocket = transport === "socket" || (transport === "auto" && hasSockets);
  let lastMs = Date.now();
  for (let failures = 0; ;) {
    const way = useSocket ? "socket" : "http";
    let isOpen = false;
    onState?.({ kind: "connecting", transport: way });
    try {
      for await (const message of useSocket ? socket() : http()) {
        if (!isOpen) onState?.({ kind: "open", transport: way });
        isOpen = true;
        failures = 0;
        yield message;
      }
    } catch (error) {
      if (!(error instanceof Dropped)) throw error;
      signal?.throwIfAborted();
      if (isOpen) lastMs = Date.now();
      if (FINAL_CLOSES.has(error.code)) throw failed(path, "socket_refused", error, failures + 1);
      if (transport === "auto" && hasSockets) {
        // A socket that cannot even be opened may be blocked on the way; HTTP also says why, where the gateway refuses.
        const tryHttp = useSocket && !error.wasOpen;
        useSocket = !tryHttp;
        if (tryHttp) continue;
      }
      failures += 1;
      const pause = pauseMs(connection.backoff, failures, error.askedMs);
      if (Date.now() + pause - lastMs >= giveUpAfterMs) throw failed(path, "unreachable", error, failures);
      onState?.({ kind: "waiting", why: error.message, retryInMs: Math.round(pause) });
      await wait(pause, signal);
    }
  }
}

function failed(path: string, code: string, { message }: Dropped, attempts: number): VolgateError {
  return new VolgateError(path, { code, status: 0, detail: message, attempts });
}
