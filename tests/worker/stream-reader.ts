// A reader of the stream in the Worker's tests: a WebSocket or Server-Sent Events, through the public door.
import { exports } from "cloudflare:workers";
import { type Message, SocketReader } from "./socket-reader.ts";

const ORIGIN = "https://volgate.test";
const WAIT_MS = 10_000;

/** The answer of the door to a request for a WebSocket. */
export async function upgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await exports.default.fetch(new Request(ORIGIN + path, { headers: { Upgrade: "websocket", ...headers } }));
}

export class SocketStream extends SocketReader {
  static async open(path: string, headers?: Record<string, string>): Promise<SocketStream> {
    const { status, webSocket } = await upgrade(path, headers);
    if (status !== 101 || webSocket === null) throw new Error(`${path}: got ${status}, expected 101`);
    const stream = new SocketStream(webSocket);
    await stream.until(() => stream.messages.length > 0 || stream.closed !== undefined);
    return stream;
  }

  /** Everything but hello and checks. */
  get events(): Message[] {
    return this.messages.filter(({ type }: Message) => type !== "hello" && type !== "check" && type !== undefined);
  }

  of(type: string): Message[] {
    return this.messages.filter((message: Message) => message.type === type);
  }

  /** What it would resume with. */
  get cursor(): string {
    return this.messages.flatMap(({ cursor }: Message) => cursor ?? []).join(",");
  }

  async until(isDone: () => boolean): Promise<void> {
    await until(isDone, () => `${this.messages.length} messages, closed ${JSON.stringify(this.closed)}`);
  }

  close(): void {
    this.socket.close(1000, "done");
  }
}

export async function until(isDone: () => boolean, state: () => string): Promise<void> {
  for (const endMs = Date.now() + WAIT_MS; !isDone();) {
    if (Date.now() > endMs) throw new Error(`not seen in ${WAIT_MS} ms: ${state()}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
