// A reader of one of the gateway's sockets, through the public door: keeps what came.
import { exports } from "cloudflare:workers";
import { onTestFinished } from "vitest";

/** Messages are read without types: tests assert what is in them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = any;

export class SocketReader {
  readonly messages: Message[] = [];
  /** What the socket was closed with; `undefined` while it is open. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly socket: WebSocket;
  #next = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.messages.push(data === "pong" ? data : JSON.parse(data as string));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
    });
    socket.accept();
  }

  /** The next message that fits. Throws after ten seconds. */
  async next(fits: (message: Message) => boolean = () => true): Promise<Message> {
    for (let waits = 0; waits < 1000; waits++) {
      while (this.#next < this.messages.length) {
        const message: Message = this.messages[this.#next++];
        if (fits(message)) return message;
      }
      await new Promise((done) => setTimeout(done, 10));
    }
    throw new Error(`no such message came; closed: ${JSON.stringify(this.closed)}`);
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }
}

/** Opens one, which is closed when the test has finished. Throws where the gateway does not accept it. */
export async function openSocket(path: string, headers: Record<string, string> = {}): Promise<SocketReader> {
  const { status, webSocket } = await exports.default.fetch(
    new Request(`https://volgate.test${path}`, { headers: { Upgrade: "websocket", ...headers } }),
  );
  if (webSocket === null) throw new Error(`${path}: status ${status}, no socket`);
  const reader = new SocketReader(webSocket);
  onTestFinished(() => webSocket.close());
  return reader;
}
