// The ways by which `npm run bench -- sockets` sends: each has messages under way, and counts only ticks that were
// acknowledged.
import { once } from "node:events";
import { WebSocket } from "ws";
import { HttpConnection, rawRequest } from "./http-connection.ts";

export type Way = "http" | "text" | "packed";

/** Frames of a socket without an answer. */
const IN_FLIGHT = 48;

export interface Channel {
  /** Resolves when the next message may be sent. Throws for a tick that was not taken. */
  send(message: string | Uint8Array): Promise<void>;
  /** Resolves when all that was sent is acknowledged. */
  drained(): Promise<void>;
  close(): void;
}

export async function openChannel(way: Way, url: string, symbol: string): Promise<Channel> {
  return way === "http" ? await HttpChannel.open(url) : await SocketChannel.open(url, symbol);
}

/** One connection has one request under way: those of a symbol must not overtake each other. */
class HttpChannel implements Channel {
  private readonly url: URL;
  private readonly connection: HttpConnection;

  private constructor(url: URL, connection: HttpConnection) {
    this.url = url;
    this.connection = connection;
  }

  static async open(url: string): Promise<HttpChannel> {
    return new HttpChannel(new URL(url), await HttpConnection.open(new URL(url)));
  }

  async send(message: string): Promise<void> {
    const { status, body } = await this.connection.send(rawRequest("POST", this.url, "/ingest", message));
    if (status !== 200) throw new Error(`POST /ingest: got ${status} ${body.slice(0, 300)}`);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.connection.close();
  }
}

class SocketChannel implements Channel {
  private readonly ws: WebSocket;
  private underWay = 0;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (data: Buffer) => this.take(data.toString()));
    ws.on("close", (code) => this.fail(new Error(`socket closed with ${code}`)));
    ws.on("error", (error) => this.fail(error));
  }

  static async open(url: string, symbol: string): Promise<SocketChannel> {
    const ws = new WebSocket(`${url.replace("http", "ws")}/symbols/${symbol}/ticks?producer=bench`, {
      perMessageDeflate: false,
    });
    await once(ws, "open");
    return new SocketChannel(ws);
  }

  async send(message: string | Uint8Array): Promise<void> {
    while (this.underWay >= IN_FLIGHT) await this.change();
    if (this.failure !== undefined) throw this.failure;
    this.underWay += 1;
    this.ws.send(message);
  }

  async drained(): Promise<void> {
    while (this.underWay > 0) await this.change();
  }

  close(): void {
    this.ws.terminate();
  }

  private async change(): Promise<void> {
    await new Promise<void>((done) => (this.wake = done));
    if (this.failure !== undefined) throw this.failure;
  }

  private take(text: string): void {
    if (text.startsWith('{"type":"ack"')) this.underWay -= 1;
    else if (!text.startsWith('{"type":"hello"')) this.fail(new Error(`socket: got ${text.slice(0, 300)}`));
    this.wake?.();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }
}
