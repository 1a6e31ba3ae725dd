// A venue's WebSocket server on loopback, for tests: it speaks the venue's protocol, sends a market, does faults on
// command, and notes what it sent whole on which connection.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { freePort } from "../../local-gateway/free-port.ts";
import { type Dialect, isSubscribed } from "./dialect.ts";
import { type ConnectionHost, ExchangeConnection, type SendingFaults } from "./exchange-connection.ts";
import { keyOf, MarketTape, type TapeEvent, type TapeTrade } from "./market-tape.ts";

const HEARTBEAT_MS = 1_000;
/** Trades of a product that it remembers. */
const HISTORY = 200;

export class LocalExchange implements ConnectionHost {
  readonly faults: SendingFaults = { isStalled: false, skip: 0, repeat: 0, fragment: 0 };
  /** When nothing happens on its market. */
  isQuiet = false;
  /** Products that it does not have. */
  readonly unknown = new Set<string>();
  /** When it answers a connection with an HTTP status instead. */
  refusal: { readonly status: number; readonly retryAfterS?: number } | undefined;
  /** Keys of the ticks that went out whole, by connection, in order: see `keyOf`. */
  readonly log: { readonly connection: number; readonly key: string }[] = [];
  /** Attempts to connect, the refused ones too: when, ms. */
  readonly attempts: number[] = [];
  private readonly tape = new MarketTape();
  private readonly history = new Map<string, TapeTrade[]>();
  private readonly connections = new Set<ExchangeConnection>();
  private readonly dialect: Dialect;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private server: Server | undefined;
  private readonly heart: NodeJS.Timeout;
  /** Nobody else gets it while the exchange is away. */
  private readonly port: number;
  /** Connections that opened. */
  accepted = 0;

  private constructor(dialect: Dialect, port: number) {
    this.dialect = dialect;
    this.port = port;
    this.heart = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heart.unref();
  }

  static async start(dialect: Dialect): Promise<LocalExchange> {
    const exchange = new LocalExchange(dialect, await freePort());
    await exchange.listen();
    return exchange;
  }

  async stop(): Promise<void> {
    clearInterval(this.heart);
    await this.leave();
  }

  /** Where it listens, e.g. `ws://127.0.0.1:49152`; the same after `comeBack`. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get openConnections(): number {
    return this.connections.size;
  }

  /** Keys of all that a correct client could have had: each once. */
  get sentKeys(): ReadonlySet<string> {
    return new Set(this.log.map(({ key }) => key));
  }

  /** Whether a client is subscribed to trades or quotes of a product. */
  isFollowed(product: string, kind: TapeEvent["kind"] = "trade"): boolean {
    return [...this.connections].some((one) => (kind === "trade" ? one.trades : one.quotes).has(product));
  }

  /** Makes `count` trades and as many quotes of each product, now, and sends them to whoever is subscribed. */
  trade(products: readonly string[], count = 1): void {
    if (this.isQuiet) return;
    for (const product of products) {
      const events: TapeEvent[] = [];
      for (let i = 0; i < count; i++) {
        events.push(this.tape.quote(product, Date.now()));
        const trade = this.tape.trade(product, Date.now());
        this.remember(trade);
        events.push(trade);
      }
      for (const one of this.connections) {
        const its = events.filter((event) => isSubscribed(one, event));
        if (its.length > 0) this.dialect.deliver(its, one);
      }
    }
  }

  /** Waits until every client has read all that was sent. */
  async settled(): Promise<void> {
    await Promise.all([...this.connections].map((one) => one.settled()));
  }

  /** Does something to the connections while every client has read all that was sent. */
  async whenSettled(work: () => void | Promise<void>): Promise<void> {
    this.isQuiet = true;
    await this.settled();
    await work();
    this.isQuiet = false;
  }

  /** Resets every connection, after the clients have read what was sent. */
  async drop(): Promise<void> {
    await this.whenSettled(() => this.connections.forEach((one) => one.reset()));
  }

  /** Closes every connection with a code. */
  close(code: number, reason = ""): void {
    for (const one of this.connections) one.close(code, reason);
  }

  /** Cuts every connection within a frame, after the clients have read what was sent. */
  async cutFrames(): Promise<void> {
    await this.whenSettled(() => this.connections.forEach((one) => one.cutFrame()));
  }

  /** Sends something as it is to every client. */
  sendRaw(data: string | Buffer): void {
    for (const one of this.connections) one.sendRaw(data);
  }

  /** The same to the first client alone. */
  sendRawToFirst(data: string | Buffer): void {
    [...this.connections][0]?.sendRaw(data);
  }

  /** Stops listening and resets every connection. */
  async leave(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const one of this.connections) one.reset();
    server?.closeAllConnections();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  /** Listens again, where it was before. */
  async comeBack(): Promise<void> {
    await this.listen();
  }

  lastTrades(product: string, count: number): readonly TapeTrade[] {
    return (this.history.get(product) ?? []).slice(-count);
  }

  freshQuote(product: string): TapeEvent {
    return this.tape.quote(product, Date.now());
  }

  isUnknown(product: string): boolean {
    return this.unknown.has(product);
  }

  sent(connection: number, events: readonly TapeEvent[]): void {
    for (const event of events) this.log.push({ connection, key: keyOf(event) });
  }

  private remember(trade: TapeTrade): void {
    const trades = this.history.get(trade.product) ?? [];
    trades.push(trade);
    if (trades.length > HISTORY) trades.shift();
    this.history.set(trade.product, trades);
  }

  private async listen(): Promise<void> {
    const server = createServer();
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.attempts.push(Date.now());
      socket.on("error", () => undefined);
      if (this.refusal !== undefined) return refuse(socket, this.refusal);
      this.sockets.handleUpgrade(request, socket, head, (client) => {
        this.accepted += 1;
        const connection = new ExchangeConnection(this.accepted, client, socket, this);
        this.connections.add(connection);
        client.on("error", () => undefined);
        client.on("close", () => this.connections.delete(connection));
        client.on("message", (data: Buffer) => {
          if (!this.faults.isStalled) this.dialect.receive(data.toString(), connection);
        });
        if (!this.faults.isStalled) this.dialect.opened?.(connection);
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.server = server;
  }

  private beat(): void {
    if (this.faults.isStalled) return;
    for (const one of this.connections) this.dialect.heartbeat?.(one, Date.now());
  }
}

function refuse(socket: Socket, { status, retryAfterS }: { status: number; retryAfterS?: number }): void {
  const after = retryAfterS === undefined ? "" : `Retry-After: ${retryAfterS}\r\n`;
  socket.end(`HTTP/1.1 ${status} Refused\r\n${after}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}
