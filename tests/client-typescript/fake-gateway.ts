// A gateway on loopback for the TypeScript client's tests: real HTTP and WebSockets, the rules of producers, frames and
// checks of the real one, and faults when a test asks for them.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { freePort } from "../../local-gateway/free-port.ts";
import { FakeStream } from "./fake-stream.ts";
import { FakeTickSocket } from "./fake-tick-socket.ts";
import { FakeTicks } from "./fake-ticks.ts";

/** What a GET is answered with; a function is asked each time. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export class FakeGateway {
  readonly ticks = new FakeTicks();
  readonly stream = new FakeStream();
  /** Every request over HTTP but upgrades. */
  readonly requests: FakeRequest[] = [];
  /** Answers to questions, by path without its query. */
  readonly answers = new Map<string, FakeAnswer | ((request: FakeRequest) => FakeAnswer | "reset" | "stall")>();
  /** Tokens by kind of path; undefined lets everybody in. */
  token: string | undefined;
  readToken: string | undefined;
  /** What becomes of a request for a socket: a proxy in between may not know them. */
  upgrades: "open" | "blocked" | "reset" = "open";
  /** Whether `ping` is not answered. */
  isMute = false;
  /** Sockets that were opened, by path. */
  readonly opened: string[] = [];
  private readonly sockets = new Set<WebSocket>();
  private readonly server = createServer((request, response) => void this.handle(request, response));
  private readonly wss = new WebSocketServer({ noServer: true, handleProtocols: () => "volgate.v1" });
  private port: number | undefined;

  constructor() {
    this.server.on("upgrade", (request, socket: Duplex, head) => this.upgrade(request, socket, head));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<string> {
    this.port ??= await freePort();
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    return this.url;
  }

  /** Ends all connections without a word, as a process that is killed; what was applied stays. */
  async stop(): Promise<void> {
    this.dropSockets();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  dropSockets(code?: number, reason?: string): void {
    for (const socket of this.sockets) {
      if (code === undefined) socket.terminate();
      else socket.close(code, reason);
    }
    this.sockets.clear();
  }

  get openSockets(): number {
    return this.sockets.size;
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.upgrades !== "open" || this.refusalOf(request) !== undefined) {
      socket.end(this.upgrades === "reset" ? "" : "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      return;
    }
    this.wss.handleUpgrade(request, socket, head, (opened) => {
      const url = new URL(request.url ?? "", this.url);
      this.sockets.add(opened);
      this.opened.push(request.url ?? "");
      opened.on("close", () => this.sockets.delete(opened));
      opened.on("error", () => undefined);
      opened.on("message", (data, isBinary) => {
        if (!this.isMute && !isBinary && String(data) === "ping") opened.send("pong");
      });
      if (url.pathname.endsWith("/ticks")) new FakeTickSocket(opened, this.ticks, url);
      else this.stream.accept(opened, url);
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method = "", url = "", headers } = request;
    const asked = { method, url, authorization: headers.authorization, body };
    this.requests.push(asked);
    const { pathname } = new URL(url, this.url);
    const refusal = this.refusalOf(request);
    if (refusal !== undefined) return answer(response, refusal);
    if (method === "POST" && pathname === "/ingest") return this.ticks.post(request, response, body);
    if (pathname === "/stream") return this.stream.acceptEvents(response, new URL(url, this.url));
    if (pathname.endsWith("/ticks")) return answer(response, problem(426, "upgrade_required", "Upgrade: got none"));
    const known = this.answers.get(pathname) ?? problem(404, "not_found", `${pathname} is no route`);
    const given = typeof known === "function" ? known(asked) : known;
    if (given === "reset") request.socket.destroy();
    else if (given !== "stall") answer(response, given);
  }

  private refusalOf({ url = "", method, headers }: IncomingMessage): FakeAnswer | undefined {
    const isWrite = method === "POST" || new URL(url, this.url).pathname.endsWith("/ticks");
    const expected = isWrite ? this.token : this.readToken;
    if (expected === undefined) return undefined;
    const offered = String(headers["sec-websocket-protocol"] ?? "").split(/, */);
    const inProtocol = offered.find((name) => name.startsWith("bearer."))?.slice("bearer.".length);
    const given = inProtocol === undefined ? headers.authorization : `Bearer ${Buffer.from(inProtocol, "base64url")}`;
    if (given === `Bearer ${expected}`) return undefined;
    return problem(401, "not_authenticated", "Authorization: got a wrong token, expected Bearer <token>");
  }
}

/** A problem document, as the gateway answers one. */
export function problem(
  status: number,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): FakeAnswer {
  const body = {
    type: `urn:volgate:error:${code}`,
    title: code,
    status,
    detail,
    code,
    request_id: "r-1",
    error: detail,
  };
  return {
    status,
    body,
    headers: { "Content-Type": "application/problem+json", "X-Correlation-ID": "r-1", ...headers },
  };
}

function answer(response: ServerResponse, { status, body, headers = {} }: FakeAnswer): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(text);
}
