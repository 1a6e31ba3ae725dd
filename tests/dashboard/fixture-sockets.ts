// The sockets of the stand-in for the gateway: they tell what the market does, are refused, dropped, and fall silent.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { FixtureMarket } from "./fixture-market.ts";

const TURN_MS = 200;
const QUIET_MS = 5_000;

export class FixtureSockets {
  /** Path and query of each that was opened. */
  readonly opened: string[] = [];
  /** Whether requests for sockets are refused, as by a proxy. */
  areRefused = true;
  /** Whether sockets are open and nothing is sent: neither messages nor answers to pings. */
  areSilent = false;
  readonly #market: FixtureMarket;
  readonly #readToken: string | undefined;
  readonly #server = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => (protocols.has("volgate.v1") ? "volgate.v1" : false),
  });

  constructor(market: FixtureMarket, readToken: string | undefined) {
    this.#market = market;
    this.#readToken = readToken;
  }

  /** How many are open of a path. */
  count(path: string): number {
    return [...this.#server.clients].filter((socket) => pathOf.get(socket) === path && socket.readyState === 1).length;
  }

  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (this.areRefused || !this.#bearsToken(request)) {
      stream.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const url = new URL(request.url ?? "/", "http://fixture");
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      this.opened.push(url.pathname + url.search);
      pathOf.set(socket, url.pathname);
      socket.on("message", (data) => {
        if ((data as Buffer).toString() === "ping" && !this.areSilent) socket.send("pong");
      });
      const tell = url.pathname === "/stream" ? this.#predictions(socket, url) : this.#overview(socket, url);
      const turns = setInterval(() => {
        if (!this.areSilent) tell();
      }, TURN_MS);
      socket.on("close", () => clearInterval(turns));
    });
  }

  dropAll(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  #bearsToken({ headers }: IncomingMessage): boolean {
    if (this.#readToken === undefined) return true;
    const token = Buffer.from(this.#readToken).toString("base64url");
    return headers["sec-websocket-protocol"]?.split(",").some((name) => name.trim() === `bearer.${token}`) === true;
  }

  #overview(socket: WebSocket, url: URL): () => void {
    let since = url.searchParams.get("since");
    let toldMs = 0;
    return () => {
      const answer = this.#market.overview(since);
      if (answer.symbols.length === 0 && Date.now() - toldMs < QUIET_MS) return;
      since = answer.cursor;
      toldMs = Date.now();
      socket.send(JSON.stringify(answer));
    };
  }

  #predictions(socket: WebSocket, url: URL): () => void {
    const symbol = url.searchParams.get("symbols") ?? "";
    const after = Number(url.searchParams.get("after")?.split("~")[1] ?? Math.floor(Date.now() / 1_000) * 1_000);
    const cursor = `${symbol}~${after}`;
    socket.send(JSON.stringify({ type: "hello", protocol: "volgate.v1", symbols: [symbol], unknown: [], cursor }));
    let toldMs = after;
    return () => {
      for (const event of this.#market.predictions(symbol, toldMs)) {
        toldMs = event.ts;
        socket.send(JSON.stringify(event));
      }
    };
  }
}

const pathOf = new WeakMap<WebSocket, string>();
