// One connection of the local exchange: what it sent, and the faults that concern a connection.
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { ExchangeClient } from "./dialect.ts";
import type { TapeEvent, TapeTrade } from "./market-tape.ts";

/** How the exchange sends, for all its connections. */
export interface SendingFaults {
  /** Open, but silent. */
  isStalled: boolean;
  /** So many messages of the market are left out. */
  skip: number;
  /** So many messages of the market are sent twice. */
  repeat: number;
  /** So many messages of the market are broken into two frames. */
  fragment: number;
}

export interface ConnectionHost {
  readonly faults: SendingFaults;
  lastTrades(product: string, count: number): readonly TapeTrade[];
  freshQuote(product: string): TapeEvent;
  isUnknown(product: string): boolean;
  /** Notes what went out whole. */
  sent(connection: number, events: readonly TapeEvent[]): void;
}

export class ExchangeConnection implements ExchangeClient {
  readonly trades = new Set<string>();
  readonly quotes = new Set<string>();
  readonly channels = new Set<string>();
  readonly number: number;
  private readonly socket: WebSocket;
  private readonly transport: Socket;
  private readonly host: ConnectionHost;
  private sequence = 0;

  constructor(number: number, socket: WebSocket, transport: Socket, host: ConnectionHost) {
    this.number = number;
    this.socket = socket;
    this.transport = transport;
    this.host = host;
  }

  send(text: string, events: readonly TapeEvent[] = []): void {
    const { faults } = this.host;
    if (faults.isStalled || this.socket.readyState !== this.socket.OPEN) return;
    if (events.length > 0 && faults.skip > 0) {
      faults.skip -= 1;
      return;
    }
    if (events.length > 0 && faults.fragment > 0) {
      faults.fragment -= 1;
      const middle = Math.floor(text.length / 2);
      this.socket.send(text.slice(0, middle), { fin: false });
      this.socket.send(text.slice(middle));
    } else this.socket.send(text);
    this.host.sent(this.number, events);
    if (events.length > 0 && faults.repeat > 0) {
      faults.repeat -= 1;
      this.socket.send(text);
    }
  }

  nextSequence(): number {
    return this.sequence++;
  }

  lastTrades(product: string, count: number): readonly TapeTrade[] {
    return this.host.lastTrades(product, count);
  }

  freshQuote(product: string): TapeEvent {
    return this.host.freshQuote(product);
  }

  isUnknown(product: string): boolean {
    return this.host.isUnknown(product);
  }

  /** Waits until the client has read all that was sent; at once when it is gone. */
  async settled(): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return;
    await new Promise<void>((resolve) => {
      this.socket.once("pong", () => resolve());
      this.socket.once("close", () => resolve());
      this.socket.ping();
    });
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** A reset of TCP, without a closing frame. */
  reset(): void {
    this.transport.resetAndDestroy();
  }

  /** Begins a frame of 500 bytes, sends 20 of them, and resets. */
  cutFrame(): void {
    const header = Buffer.from([0x81, 126, 500 >> 8, 500 & 255]);
    this.transport.write(Buffer.concat([header, Buffer.from('{"channel":"ticker",')]), () => this.reset());
  }

  /** Sends something as it is, which is no message of the market. */
  sendRaw(data: string | Buffer): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(data);
  }
}
