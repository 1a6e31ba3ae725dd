// One keep-alive HTTP/1.1 connection that sends prebuilt requests and reads answers by Content-Length or chunks: the
// load generator must use little of the two cores, and fetch uses too much.
import { type Socket, connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** Builds the bytes of a request once, to be sent many times. */
export function rawRequest(
  method: string,
  url: URL,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${url.host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

/** Sends one request at a time. */
export class HttpConnection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.take(chunk));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("connection closed")));
  }

  static async open(url: URL): Promise<HttpConnection> {
    const socket = connect(Number(url.port), url.hostname);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new HttpConnection(socket);
  }

  /** Rejects where the connection is closed: a server closes one that was idle for some seconds. */
  send(request: Buffer): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed || this.socket.readableEnded) {
        reject(new Error("connection closed"));
        return;
      }
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = this.received.toString("latin1", 0, headEnd);
    const length = /content-length: (\d+)/i.exec(head);
    const body = length
      ? fixedBody(this.received, headEnd + 4, Number(length[1]))
      : chunkedBody(this.received, headEnd + 4);
    if (body === undefined) return;
    this.received = Buffer.alloc(0);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}

function fixedBody(data: Buffer, from: number, length: number): string | undefined {
  return data.length >= from + length ? data.toString("utf8", from, from + length) : undefined;
}

/** The joined chunks, `undefined` while the last one has not come. */
function chunkedBody(data: Buffer, from: number): string | undefined {
  const parts: Buffer[] = [];
  for (let at = from; ;) {
    const lineEnd = data.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(data.toString("latin1", at, lineEnd), 16);
    if (data.length < lineEnd + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts).toString("utf8");
    parts.push(data.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
