// All connections of one venue's feed: the sessions, each with the socket that it has now. Worker and Node differ only
// in how they open a socket.
import type { Tick } from "../../features/tick.ts";
import { type FeedEffects, type FeedLoss, FeedSession, type FeedSessionOptions } from "./feed-session.ts";
import { combinedStatus, type FeedStatus } from "./feed-status.ts";
import type { VenueProtocol } from "./venue-protocol.ts";

/** What is heard of a socket. */
export interface SocketEvents {
  opened(): void;
  /** It did not open, or is open no more. Heard once. */
  lost(loss: FeedLoss): void;
  received(data: unknown): void;
}

/** A WebSocket that is open or being opened. */
export interface FeedSocket {
  send(text: string): void;
  close(reason: string): void;
}

/** Begins to open a WebSocket; its events come later, never during the call. */
export type OpenSocket = (url: string, events: SocketEvents) => FeedSocket;

export interface VenueFeedOptions extends FeedSessionOptions {
  readonly openSocket: OpenSocket;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  /** Scheme and host instead of the protocol's own; the path stays. */
  readonly endpoint?: string | undefined;
}

export class VenueFeed {
  private readonly sessions: readonly FeedSession[];
  private readonly nowMs: () => number;

  constructor(protocols: readonly VenueProtocol[], options: VenueFeedOptions) {
    this.nowMs = options.nowMs;
    this.sessions = protocols.map((protocol) => connected(protocol, options));
  }

  /** See `FeedSession.follow`. */
  follow(symbols: ReadonlyMap<string, string>): void {
    for (const session of this.sessions) session.follow(symbols, this.nowMs());
  }

  stop(): void {
    for (const session of this.sessions) session.stop(this.nowMs());
  }

  /** Call it every quarter of a second or so. */
  advance(): void {
    for (const session of this.sessions) session.advance(this.nowMs());
  }

  /** Ticks that are due, by symbol, of all connections, in the order of their times. */
  take(all = false): Map<string, Tick[]> {
    const taken = new Map<string, Tick[]>();
    for (const session of this.sessions) {
      for (const [symbol, ticks] of session.take(this.nowMs(), all)) {
        const others = taken.get(symbol);
        if (others === undefined) taken.set(symbol, ticks);
        else
          taken.set(
            symbol,
            [...others, ...ticks].sort((a, b) => a.tsMs - b.tsMs),
          );
      }
    }
    return taken;
  }

  status(): FeedStatus {
    return combinedStatus(this.sessions.map((session) => session.status()));
  }
}

/** A session that opens its own sockets, and hears only of the newest. */
function connected(protocol: VenueProtocol, options: VenueFeedOptions): FeedSession {
  const { openSocket, nowMs, endpoint } = options;
  let socket: FeedSocket | undefined;
  const effects: FeedEffects = {
    connect: () => {
      const isCurrent = (): boolean => socket === opened;
      const opened: FeedSocket = openSocket(addressOf(protocol, endpoint), {
        opened: () => {
          if (isCurrent()) session.opened(nowMs());
        },
        lost: (loss) => {
          if (!isCurrent()) return;
          socket = undefined;
          session.lost(loss, nowMs());
        },
        received: (data) => {
          if (isCurrent()) session.received(data, nowMs());
        },
      });
      socket = opened;
    },
    send: (text) => socket?.send(text),
    close: (reason) => {
      const closing = socket;
      socket = undefined;
      closing?.close(reason);
    },
  };
  const session = new FeedSession(protocol, effects, options, nowMs());
  return session;
}

/** The protocol's path at another host, where one is given. */
function addressOf({ endpoint }: VenueProtocol, other: string | undefined): string {
  if (other === undefined) return endpoint;
  return other.replace(/\/$/, "") + endpoint.replace(/^\w+:\/\/[^/]+/, "");
}
