// One WebSocket to the gateway: its subprotocols, the time within which it must open, and signs of life. What its
// messages mean is left to the readers and the sender.
import { addressOf, type Connection, type QueryValues, type TokenName } from "./connection.ts";
import type { SocketLike } from "./socket-like.ts";
import { VolgateError } from "./volgate-error.ts";

const PROTOCOL = "volgate.v1";
/** What the gateway answers to `ping` without waking an object that sleeps. */
const PONG = "pong";

export interface SocketPlace {
  readonly path: string;
  readonly query: QueryValues;
  readonly token: TokenName;
}

export interface SocketEnd {
  /** Whether it was open before. A browser does not tell why one was refused. */
  readonly wasOpen: boolean;
  /** The close code; 1006 where there was none. */
  readonly code: number;
  readonly why: string;
}

export interface SocketHandlers {
  readonly onText: (text: string) => void;
  /** Called once, after which nothing comes any more; never after `close`. */
  readonly onEnd: (end: SocketEnd) => void;
}

export class GatewaySocket {
  private readonly socket: SocketLike;
  private readonly handlers: SocketHandlers;
  private readonly keepAliveMs: number;
  private wasOpen = false;
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Opens a socket. Throws `VolgateError` `no_socket` where the runtime has none and none was given. */
  constructor(connection: Connection, { path, query, token }: SocketPlace, handlers: SocketHandlers) {
    const { WebSocket, keepAliveMs, timeoutMs } = connection;
    if (WebSocket === undefined) throw noSocketError(path);
    this.handlers = handlers;
    this.keepAliveMs = keepAliveMs;
    const bearer = connection.tokens[token];
    const protocols = bearer === undefined ? [PROTOCOL] : [PROTOCOL, `bearer.${base64Url(bearer)}`];
    this.socket = new WebSocket(addressOf(connection, path, query).replace(/^http/, "ws"), protocols);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("open", () => {
      this.wasOpen = true;
      this.watch();
    });
    this.socket.addEventListener("message", ({ data }) => this.receive(data));
    // A browser tells nothing of an error, others do.
    this.socket.addEventListener("error", (event) => {
      const isTold = "message" in event && typeof event.message === "string" && event.message !== "";
      this.end(1006, isTold ? String(event.message) : "the socket failed");
    });
    this.socket.addEventListener("close", ({ code, reason }) => {
      this.end(code, `closed with ${code}${reason === "" ? "" : ` ${reason}`}`);
    });
    this.timer = setTimeout(() => this.end(1006, `not open within ${timeoutMs} ms`), Math.min(timeoutMs, 2 ** 31 - 1));
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (!this.isOver) this.socket.send(data);
  }

  /** Ends it without a call of `onEnd`. */
  close(code = 1000, reason = ""): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket.close(code, reason);
  }

  private receive(data: unknown): void {
    if (this.isOver) return;
    this.watch();
    if (typeof data !== "string") this.end(1003, "a binary message came, where texts are expected");
    else if (data !== PONG) this.handlers.onText(data);
  }

  /** Nothing may come for one period; after a `ping`, for one more. */
  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.send("ping");
      this.timer = setTimeout(() => this.end(1006, `no sign of life for ${2 * this.keepAliveMs} ms`), this.keepAliveMs);
    }, this.keepAliveMs);
  }

  private end(code: number, why: string): void {
    if (this.isOver) return;
    this.close(1000);
    this.handlers.onEnd({ wasOpen: this.wasOpen, code, why });
  }
}

/** Why no socket can be had here at all, and what to do. */
export function noSocketError(path: string): VolgateError {
  const detail = "this runtime has no WebSocket: give `WebSocket` (on Node 20 that of the package ws), or use HTTP";
  return new VolgateError(`WS ${path}`, { code: "no_socket", status: 0, detail });
}

/** A token of any characters as one of the few that a subprotocol may have. */
function base64Url(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
