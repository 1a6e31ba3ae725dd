// A reader of the stream in the Worker's tests: a WebSocket or Server-Sent Events, through the public door.
import { exports } from "cloudflare:workers";

/** A message is read without types: tests assert what is in it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = any;

const ORIGIN = "https://volgate.test";
const WAIT_MS = 10_000;

/** The answer of the door to a request for a WebSocket. */
export async function upgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await exports.default.fetch(new Request(ORIGIN + path, { headers: { Upgrade: "websocket", ...headers } }));
}

export class SocketStream {
  readonly messages: Message[] = [];
  /** Set once it is closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  private readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.messages.push(data === "pong" ? data : JSON.parse(String(data)));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
    });
    socket.accept();
  }

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

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
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
