// One WebSocket of the gateway, from its opening to its end. It answers the gateway's checks, and ends itself when it
// is silent: a connection that is gone looks like a market where nothing happens.

/** What of the browser's `WebSocket` is needed. */
export type SocketLike = Pick<WebSocket, "send" | "close" | "onmessage" | "onclose">;

export interface LiveSocketOptions {
  /** With a query, without an origin. */
  readonly path: string;
  readonly token: string | null;
  /** Whether the gateway may have nothing to say: then it is pinged, and must answer that. */
  readonly mayBeQuiet: boolean;
  /** Each message but checks and answers to pings. */
  readonly onMessage: (message: unknown) => void;
  /** Once, however it ended. @param isSilent because nothing came any more. */
  readonly onEnd: (isSilent: boolean) => void;
  readonly open?: (url: string, protocols: string[]) => SocketLike;
}

/** Without a message for this long it is given up. The gateway speaks at least every 5 s. */
const SILENT_MS = 12_000;
const PING_MS = 5_000;

export class LiveSocket {
  readonly #options: LiveSocketOptions;
  readonly #socket: SocketLike;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #pings: ReturnType<typeof setInterval> | undefined;
  #isOver = false;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    const { path, token, mayBeQuiet } = options;
    const open = options.open ?? ((url, protocols): SocketLike => new WebSocket(url, protocols));
    const url = `${location.origin.replace(/^http/, "ws")}${path}`;
    this.#socket = open(url, ["volgate.v1", ...(token === null ? [] : [`bearer.${base64Url(token)}`])]);
    this.#socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data);
    this.#socket.onclose = () => this.end();
    if (mayBeQuiet) this.#pings = setInterval(() => this.#send("ping"), PING_MS);
    this.#listen();
  }

  /** Ends it, should it not have ended. */
  end(isSilent = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#silence);
    clearInterval(this.#pings);
    this.#socket.close();
    this.#options.onEnd(isSilent);
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.end(true), SILENT_MS);
  }

  #take(data: unknown): void {
    if (this.#isOver) return;
    this.#listen();
    if (data === "pong") return;
    let message: unknown;
    try {
      message = JSON.parse(String(data));
    } catch {
      // Something else than the gateway speaks.
      this.end();
      return;
    }
    const n = checkOf(message);
    if (n === null) this.#options.onMessage(message);
    else this.#send(JSON.stringify({ type: "checked", n }));
  }

  #send(text: string): void {
    try {
      this.#socket.send(text);
    } catch {
      // It is not open yet, or not any more: its end is told otherwise.
    }
  }
}

/** The number of a check; null for any other message. */
function checkOf(message: unknown): number | null {
  const { type, n } = (message ?? {}) as { readonly type?: unknown; readonly n?: unknown };
  return type === "check" && typeof n === "number" ? n : null;
}

/** Of the text's UTF-8, without padding: what a subprotocol may be made of. */
function base64Url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
