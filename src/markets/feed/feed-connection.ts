// One connection of a feed: what is to be sent on it, and whether it is alive.
import type { FeedProduct } from "./feed-product.ts";
import type { VenueProtocol } from "./venue-protocol.ts";

/** Frames that were due this long ago at most are sent together: whoever drives it calls it some times a second, ms. */
const CATCH_UP_MS = 250;
/** A subscription that the venue does not answer by then ends the connection, ms. */
const ANSWER_MS = 15_000;

export class FeedConnection {
  isOpen = false;
  /** When it was begun, then when it opened, ms. */
  sinceMs: number;
  lastMessageMs = NaN;
  garbled = 0;
  private readonly protocol: VenueProtocol;
  private readonly frames: string[] = [];
  private readonly requests = new Map<number, readonly string[]>();
  private nextFrameMs = -Infinity;
  private nextPingMs = Infinity;
  private lastSequence: number | undefined;
  private lastTicks: unknown;

  constructor(protocol: VenueProtocol, nowMs: number) {
    this.protocol = protocol;
    this.sinceMs = nowMs;
  }

  open(nowMs: number): void {
    this.isOpen = true;
    this.sinceMs = nowMs;
    this.lastMessageMs = nowMs;
    this.nextFrameMs = nowMs;
    const { ping } = this.protocol;
    if (ping !== undefined) this.nextPingMs = nowMs + ping.everyMs;
  }

  queue(frames: readonly string[]): void {
    this.frames.push(...frames);
    const { requestOf } = this.protocol;
    if (requestOf === undefined) return;
    for (const frame of frames) {
      const request = requestOf(frame);
      if (request !== undefined) this.requests.set(request.id, request.products);
    }
  }

  /** The products of a request; none of one that did not subscribe, `undefined` where answers name their products. */
  productsOf(request: number): readonly string[] | undefined {
    return this.protocol.requestOf === undefined ? undefined : (this.requests.get(request) ?? []);
  }

  /** What is to be sent now: one frame in `frameGapMs` on the whole, and the ping when it is due. */
  dueFrames(nowMs: number): string[] {
    const due: string[] = [];
    const { ping, frameGapMs } = this.protocol;
    while (this.frames.length > 0 && nowMs >= this.nextFrameMs) {
      due.push(this.frames.shift()!);
      this.nextFrameMs = Math.max(this.nextFrameMs, nowMs - CATCH_UP_MS) + frameGapMs;
    }
    if (ping !== undefined && nowMs >= this.nextPingMs) {
      due.push(ping.text);
      this.nextPingMs = nowMs + ping.everyMs;
    }
    return due;
  }

  /** Why it must end; `undefined` while it is well. */
  faultAt(nowMs: number, products: Iterable<FeedProduct>): string | undefined {
    const { silenceMs, maxAgeMs = Infinity } = this.protocol;
    if (nowMs - this.lastMessageMs >= silenceMs) return `no message in ${silenceMs / 1000} s`;
    if (nowMs - this.sinceMs >= maxAgeMs) return `connected for ${Math.round(maxAgeMs / 3_600_000)} h, its longest`;
    if (this.frames.length > 0) return undefined;
    for (const { state, askedMs, product } of products) {
      const isLate = state === "asked" && askedMs !== undefined && nowMs - this.latestMs(askedMs) >= ANSWER_MS;
      if (isLate) return `no answer to the subscription of ${product} in ${ANSWER_MS / 1000} s`;
    }
    return undefined;
  }

  /**
   * Whether a message of ticks has the very text of the one before it. Two events differ in an id, a number or a time,
   * so it was sent twice.
   */
  isRepeated(text: unknown): boolean {
    const isRepeated = text === this.lastTicks;
    this.lastTicks = text;
    return isRepeated;
  }

  /** How many messages are missing before this one. A venue counts from the connection's first message. */
  missedBefore(sequence: number): number {
    const before = this.lastSequence;
    this.lastSequence = Math.max(sequence, before ?? sequence);
    return before === undefined ? 0 : Math.max(0, sequence - before - 1);
  }

  /** A subscription is asked for when its frame has been sent. */
  private latestMs(askedMs: number): number {
    return Math.max(askedMs, this.nextFrameMs - this.protocol.frameGapMs);
  }
}
