// A feed's life: connects, subscribes, reads, and connects anew, for the Worker and for Node alike. It has no clock, no
// socket and no source of randomness of its own: whoever drives it hands them in.
import { parseTick, type TickRules } from "../../features/tick.ts";
import { RECEIVED } from "../native-ticks.ts";
import { backOffMs } from "./back-off.ts";
import { FeedConnection } from "./feed-connection.ts";
import { FeedProduct } from "./feed-product.ts";
import { type FeedFault, type FeedStatus, noFeedCounts } from "./feed-status.ts";
import { ReceiveDelay } from "./receive-delay.ts";
import { refusalWords } from "./loss-words.ts";
import type { Tick } from "../../features/tick.ts";
import type { VenueMessage, VenueProtocol, VenueTick } from "./venue-protocol.ts";

/** An attempt that has not opened by then is given up, ms. */
const CONNECT_MS = 10_000;
/** A connection that held this long ends the doubling of pauses, ms. */
const HELD_MS = 30_000;
/** So many messages that cannot be read end a connection. */
const MOST_GARBLED = 20;
/** Of a venue's own words, which are stored and shown. */
const MOST_FAULT_LENGTH = 300;

/** What a session asks of its driver. Every call is made during a call of the session. */
export interface FeedEffects {
  /** Opens a WebSocket. Events of an earlier one must not reach the session any more. */
  connect(): void;
  send(text: string): void;
  /** Closes the socket, or gives up the one that is being opened. The session hears nothing more of it. */
  close(reason: string): void;
}

export interface FeedSessionOptions {
  readonly rules: TickRules;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Why a socket did not open, or is open no more. */
export interface FeedLoss {
  /** HTTP status of a refusal. */
  readonly status?: number | undefined;
  /** How long the venue asks to wait, ms. */
  readonly retryAfterMs?: number | undefined;
  /** In words, such as the code and reason of a close. */
  readonly text: string;
}

export class FeedSession {
  private readonly protocol: VenueProtocol;
  private readonly effects: FeedEffects;
  private readonly options: FeedSessionOptions;
  private readonly products = new Map<string, FeedProduct>();
  private readonly delay = new ReceiveDelay();
  private readonly counts = noFeedCounts();
  /** `undefined` while no socket is open or being opened. */
  private connection: FeedConnection | undefined;
  /** When to connect next; `undefined` while connected, and while stopped. */
  private nextAttemptMs: number | undefined;
  /** Attempts and short connections in vain, in a row. */
  private attempts = 0;
  private lastAttemptMs = -Infinity;
  private isLive = false;
  private sinceMs: number;
  private lastMessageMs: number | undefined;
  private lastFault: FeedFault | null = null;
  private lastDataFault: FeedFault | null = null;
  private lastRecoveryMs: number | null = null;
  private nextRequestId = 1;

  constructor(protocol: VenueProtocol, effects: FeedEffects, options: FeedSessionOptions, nowMs: number) {
    this.protocol = protocol;
    this.effects = effects;
    this.options = options;
    this.sinceMs = nowMs;
  }

  /**
   * Follows these products from now on: subscribes to new ones, and leaves others.
   * @param symbols the symbol of each product's ticks, by product as `productOf` gives it.
   */
  follow(symbols: ReadonlyMap<string, string>, nowMs: number): void {
    const added = [...symbols.keys()].filter((product) => !this.products.has(product));
    const left = [...this.products.keys()].filter((product) => !symbols.has(product));
    for (const product of left) this.products.delete(product);
    for (const product of added) {
      this.products.set(product, new FeedProduct(product, symbols.get(product)!, this.protocol.reorderMs));
    }
    if (this.products.size === 0) return this.stop(nowMs);
    this.endLiveWhenRefused(nowMs);
    if (this.connection === undefined) {
      this.nextAttemptMs ??= nowMs;
    } else if (this.connection.isOpen) {
      if (left.length > 0) this.ask("unsubscribe", left);
      if (added.length > 0) this.subscribe(added, nowMs);
    }
    this.advance(nowMs);
  }

  /** Leaves everything and closes the socket. */
  stop(nowMs: number): void {
    this.products.clear();
    this.nextAttemptMs = undefined;
    this.attempts = 0;
    if (this.connection !== undefined) this.effects.close("stopped");
    this.connection = undefined;
    this.setLive(false, nowMs);
  }

  /** Does what is due. Call it every quarter of a second or so, and after `follow`. */
  advance(nowMs: number): void {
    const { connection } = this;
    if (connection === undefined) {
      if (this.nextAttemptMs !== undefined && nowMs >= this.nextAttemptMs) this.connect(nowMs);
      return;
    }
    if (!connection.isOpen) {
      if (nowMs - connection.sinceMs >= CONNECT_MS) this.abandon(`no connection in ${CONNECT_MS / 1000} s`, nowMs);
      return;
    }
    const fault = connection.faultAt(nowMs, this.products.values());
    if (fault !== undefined) return this.abandon(fault, nowMs);
    for (const text of connection.dueFrames(nowMs)) this.effects.send(text);
    if (nowMs - connection.sinceMs >= HELD_MS && this.isLive) this.attempts = 0;
  }

  /** The socket is open. */
  opened(nowMs: number): void {
    const { connection } = this;
    if (connection === undefined || connection.isOpen) return;
    this.counts.connections += 1;
    connection.open(nowMs);
    this.subscribe([...this.products.keys()], nowMs);
    this.advance(nowMs);
  }

  /** The socket did not open, or has closed. */
  lost({ status, retryAfterMs = 0, text }: FeedLoss, nowMs: number): void {
    if (this.connection === undefined) return;
    const words = status === undefined ? text : refusalWords(this.protocol.title, status);
    this.endConnection(words, nowMs, retryAfterMs);
  }

  /** A message of the open socket; a binary one is unreadable. */
  received(data: unknown, nowMs: number): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.lastMessageMs = connection.lastMessageMs = nowMs;
    this.counts.messages += 1;
    const message = this.read(data);
    if (message.kind === "unknown") return this.noteGarbled(connection, data, nowMs);
    if (message.kind === "ticks" && connection.isRepeated(data)) return this.noteRepeated(message.ticks);
    if ("sequence" in message && message.sequence !== undefined) {
      this.noteMissed(connection.missedBefore(message.sequence), nowMs);
    }
    switch (message.kind) {
      case "ticks":
        for (const tick of message.ticks) this.addTick(tick, nowMs);
        break;
      case "subscribed":
        for (const product of this.answered(message)) product.subscribed();
        break;
      case "refused":
        for (const product of this.answered(message)) product.refuse(message.text.slice(0, MOST_FAULT_LENGTH));
        this.fault(`${this.protocol.title} refused a subscription: ${message.text}`, nowMs);
        this.endLiveWhenRefused(nowMs);
        break;
      case "ping":
        this.effects.send(message.answer);
        break;
      case "leaving":
        return this.abandon(`${this.protocol.title} is leaving: ${message.text}`, nowMs);
      case "other":
    }
    if (!this.isLive && [...this.products.values()].some(({ state }) => state === "subscribed")) {
      this.setLive(true, nowMs);
    }
  }

  /** Takes the ticks that are due, by symbol, in the order of their times. @param all those too that wait for older. */
  take(nowMs: number, all = false): Map<string, Tick[]> {
    const taken = new Map<string, Tick[]>();
    for (const { symbol, buffer } of this.products.values()) {
      const ticks = all ? buffer.takeAll() : buffer.take(nowMs);
      if (ticks.length > 0) taken.set(symbol, [...(taken.get(symbol) ?? []), ...ticks]);
    }
    return taken;
  }

  status(): FeedStatus {
    const { connection } = this;
    const isWaiting = this.nextAttemptMs !== undefined;
    return {
      state: this.isLive
        ? "live"
        : connection === undefined
          ? isWaiting
            ? "waiting"
            : "stopped"
          : connection.isOpen
            ? "subscribing"
            : "connecting",
      sinceMs: this.sinceMs,
      lastMessageMs: this.lastMessageMs ?? null,
      lagMs: this.delay.meanMs,
      nextAttemptMs: this.nextAttemptMs ?? null,
      lastFault: this.lastFault,
      lastDataFault: this.lastDataFault,
      lastRecoveryMs: this.lastRecoveryMs,
      counts: { ...this.counts },
      products: [...this.products.values()].map((product) => product.status()),
    };
  }

  private connect(nowMs: number): void {
    this.nextAttemptMs = undefined;
    this.lastAttemptMs = nowMs;
    this.connection = new FeedConnection(this.protocol, nowMs);
    this.effects.connect();
  }

  private abandon(text: string, nowMs: number): void {
    this.effects.close(text.slice(0, 100));
    this.endConnection(text, nowMs);
  }

  private endConnection(text: string, nowMs: number, retryAfterMs = 0): void {
    if (this.connection?.isOpen === true) this.counts.disconnects += 1;
    else this.counts.failedAttempts += 1;
    this.connection = undefined;
    this.setLive(false, nowMs);
    for (const product of this.products.values()) product.reset();
    this.attempts += 1;
    const pauseMs = Math.max(backOffMs(this.attempts, this.options.random()), retryAfterMs);
    this.nextAttemptMs = Math.max(nowMs + pauseMs, this.lastAttemptMs + this.protocol.leastRetryMs);
    this.fault(text, nowMs);
  }

  private subscribe(products: readonly string[], nowMs: number): void {
    for (const name of products) this.products.get(name)?.ask(nowMs);
    this.ask("subscribe", products);
  }

  private ask(what: "subscribe" | "unsubscribe", products: readonly string[]): void {
    const frames = this.protocol[what](products, this.nextRequestId);
    this.nextRequestId += frames.length;
    this.connection?.queue(frames);
  }

  private read(data: unknown): VenueMessage {
    if (typeof data !== "string") return { kind: "unknown" };
    let message: unknown = data;
    try {
      message = JSON.parse(data);
    } catch {
      // A venue may answer with a bare word.
    }
    try {
      return this.protocol.read(message);
    } catch {
      return { kind: "unknown" };
    }
  }

  private noteGarbled(connection: FeedConnection, data: unknown, nowMs: number): void {
    this.counts.garbled += 1;
    connection.garbled += 1;
    const start = typeof data === "string" ? JSON.stringify(data.slice(0, 80)) : "a binary message";
    this.dataFault(`a message that cannot be read: ${start}`, nowMs);
    if (connection.garbled >= MOST_GARBLED) this.abandon(`${MOST_GARBLED} messages that cannot be read`, nowMs);
  }

  private noteRepeated(ticks: readonly VenueTick[]): void {
    this.counts.repeatedTrades += ticks.filter(({ input }) => input.price !== undefined).length;
  }

  private noteMissed(missed: number, nowMs: number): void {
    if (missed === 0) return;
    this.counts.gaps += 1;
    this.counts.missedMessages += missed;
    this.dataFault(`${missed} messages are missing by the connection's numbers`, nowMs);
  }

  private addTick({ input, product: name, trade }: VenueTick, nowMs: number): void {
    const product = this.products.get(name);
    // Left meanwhile.
    if (product === undefined) return;
    product.subscribed();
    const isUndated = input.ts === RECEIVED;
    const ts = isUndated ? this.delay.sentMs(nowMs) : input.ts;
    const tick = parseTick({ ...input, ts, symbol: product.symbol }, nowMs, this.options.rules);
    if ("reason" in tick) {
      this.counts.refusedTicks += 1;
      this.dataFault(`a tick of ${name}: ${tick.field}: got ${tick.got}, expected ${tick.expected}`, nowMs);
      return;
    }
    if (trade !== undefined && !this.passes(product, trade, tick.tsMs, nowMs)) return;
    if (!isUndated) this.delay.note(tick.tsMs, nowMs);
    this.counts.ticks += 1;
    product.add(tick, nowMs);
  }

  private passes(product: FeedProduct, trade: NonNullable<VenueTick["trade"]>, tsMs: number, nowMs: number): boolean {
    const verdict = product.numbers.judge(trade, tsMs);
    if (verdict.kind === "repeated") {
      this.counts.repeatedTrades += 1;
      return false;
    }
    const missing = verdict.kind === "new" ? verdict.missing : 0;
    if (missing > 0) {
      this.counts.gaps += 1;
      this.counts.missedTrades += missing;
      this.dataFault(`${missing} trades of ${product.product} are missing by their numbers`, nowMs);
    } else if (verdict.kind === "restarted") {
      this.counts.gaps += 1;
      this.dataFault(`the trades of ${product.product} are counted anew`, nowMs);
    }
    return true;
  }

  /** The products that an answer is about: those of its request, those that it names, else all that were asked for. */
  private answered({ products: names, request }: Extract<VenueMessage, { kind: "subscribed" | "refused" }>) {
    const products = [...this.products.values()];
    const requested = request === undefined ? undefined : this.connection?.productsOf(request);
    if (requested !== undefined) return products.filter(({ product }) => requested.includes(product));
    if (names.length === 0) return products.filter(({ state }) => state === "asked");
    return products.filter(({ product }) => names.includes(product));
  }

  /** Those that were live may have been left: a feed of refused products alone gets no tick. */
  private endLiveWhenRefused(nowMs: number): void {
    if ([...this.products.values()].every(({ state }) => state === "refused")) this.setLive(false, nowMs);
  }

  private setLive(isLive: boolean, nowMs: number): void {
    if (this.isLive === isLive) return;
    if (isLive && this.lastFault !== null) this.lastRecoveryMs = nowMs - this.sinceMs;
    this.isLive = isLive;
    this.sinceMs = nowMs;
  }

  private fault(text: string, atMs: number): void {
    this.lastFault = { text: text.slice(0, MOST_FAULT_LENGTH), atMs };
  }

  private dataFault(text: string, atMs: number): void {
    this.lastDataFault = { text: text.slice(0, MOST_FAULT_LENGTH), atMs };
  }
}
