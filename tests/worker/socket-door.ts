// A WebSocket of the gateway as a client sees it: opened through the public door, its messages kept in their order.
import { exports } from "cloudflare:workers";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { encodeTickFrame } from "../../src/markets/tick-frame.ts";

/** A JSON message; tests assert what is in it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Received = any;

export class SocketClient {
  private readonly ws: WebSocket;
  private readonly received: Received[] = [];
  private readonly waiting: ((message: Received) => void)[] = [];
  /** Code and reason of its end. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    this.closed = new Promise((done) =>
      ws.addEventListener("close", ({ code, reason }) => {
        done({ code, reason });
      }),
    );
    ws.addEventListener("message", ({ data }) => {
      const text = String(data);
      const message: Received = text.startsWith("{") ? JSON.parse(text) : text;
      const next = this.waiting.shift();
      if (next === undefined) this.received.push(message);
      else next(message);
    });
    ws.accept();
  }

  /** An open socket after its `hello`. */
  static async open(path: string, headers: Record<string, string> = {}): Promise<SocketClient> {
    const { client } = await SocketClient.greeted(path, headers);
    return client;
  }

  /** The same, with the `hello` and the answer to the upgrade. */
  static async greeted(
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ client: SocketClient; hello: Received; response: Response }> {
    const request = new Request(`https://volgate.test${path}`, { headers: { Upgrade: "websocket", ...headers } });
    const response = await exports.default.fetch(request);
    if (response.webSocket === null) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const client = new SocketClient(response.webSocket);
    return { client, hello: await client.next(), response };
  }

  send(message: string | Uint8Array | object): void {
    this.ws.send(typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  /** The next message. */
  async next(): Promise<Received> {
    return this.received.shift() ?? (await new Promise<Received>((done) => this.waiting.push(done)));
  }

  /** The next messages. */
  async take(count: number): Promise<Received[]> {
    const messages: Received[] = [];
    for (let i = 0; i < count; i++) messages.push(await this.next());
    return messages;
  }

  /** Sends a frame and gives its answer. */
  async ask(message: string | Uint8Array | object): Promise<Received> {
    this.send(message);
    return await this.next();
  }

  close(): void {
    this.ws.close(1000, "done");
  }
}

/** A packed frame of one section for each name. */
export function packedFrame(seq: number, sections: Readonly<Record<string, readonly object[]>>): Uint8Array {
  const sent = Object.entries(sections).map(([name, messages]) => {
    const packed = new PackedTicks();
    for (const message of messages) {
      const tick = parseTick({ symbol: "A", ...message }, Infinity);
      if (isRejection(tick)) throw new Error(`${tick.field}: ${tick.reason}`);
      packed.add(tick);
    }
    return { name, venue: "", rows: packed.rows() };
  });
  return encodeTickFrame(seq, sent);
}
