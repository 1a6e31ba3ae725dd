// A feed's run, without the process around it: takes ticks from a source and sends them to a gateway until it is
// stopped.
import { setTimeout as sleep } from "node:timers/promises";
import type { SendingContext } from "../../command-line/sending-context.ts";
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import { TickSender } from "../../gateway-client/tick-sender.ts";
import type { FeedFault } from "../../src/markets/feed/feed-status.ts";
import { IngestTotals } from "../ingest-totals.ts";
import { count, statusLine } from "./feed-lines.ts";
import type { GatewayOptions } from "./feed-options.ts";
import type { FeedSource } from "./feed-source.ts";
import { TickQueue } from "./tick-queue.ts";

/** The source is asked this often, ms. */
const ADVANCE_MS = 50;
/** Batches go out this often at most, unless they are full, ms. */
const SEND_EVERY_MS = 200;
const BATCH_TICKS = 2_000;
/** At the end, what waits is sent for this long, ms. */
const FLUSH_MS = 15_000;

/**
 * Runs until it is stopped.
 *
 * @returns true when every tick that was received has been sent.
 * @throws GatewayError when the gateway refuses a batch for good, such as for a wrong token.
 */
export async function runFeed(source: FeedSource, options: GatewayOptions, context: SendingContext): Promise<boolean> {
  const run = new FeedRun(source, options, context);
  try {
    await run.untilStopped();
  } catch (error) {
    run.report();
    throw error;
  } finally {
    source.stop();
  }
  return run.report();
}

class FeedRun {
  private readonly source: FeedSource;
  private readonly context: SendingContext;
  private readonly options: GatewayOptions;
  private readonly queue: TickQueue;
  private readonly totals = new IngestTotals();
  private readonly sender: TickSender;
  /** Ends all sending. */
  private readonly over = new AbortController();
  /** Ticks that are being sent. */
  private underWay = 0;
  private saidDropped = 0;
  private saidFaultMs = -Infinity;
  private saidDataFaultMs = -Infinity;
  private readonly saidRefusals = new Set<string>();

  constructor(source: FeedSource, options: GatewayOptions, context: SendingContext) {
    this.source = source;
    this.options = options;
    this.context = context;
    this.queue = new TickQueue(options.keep);
    const signal = AbortSignal.any([context.abandon, this.over.signal]);
    const onRetry = (why: string, waitMs: number): void =>
      context.note(`gateway: ${why}; again in ${(waitMs / 1_000).toFixed(1)} s`);
    // A batch is sent again under its number until the gateway has it.
    const client = new GatewayClient({
      ...{ baseUrl: options.gateway, token: options.token, signal, onRetry },
      giveUpAfterMs: Infinity,
    });
    this.sender = new TickSender(client, {
      signal,
      onRetry,
      onDelivered: (delivery) => this.totals.add(delivery),
      onGivenUp: (symbol, ticks, why) => {
        if (!this.totals.unsent.has(symbol))
          context.note(`${symbol}: ${count(ticks.length, "tick")} not taken: ${why}`);
        this.totals.addUnsent(symbol, ticks.length, why);
      },
    });
  }

  async untilStopped(): Promise<void> {
    const { stop, abandon } = this.context;
    const failed = new AbortController();
    const ending = AbortSignal.any([stop, abandon, failed.signal]);
    const sending = this.send(ending).catch((error: unknown) => {
      failed.abort();
      throw error;
    });
    // Its error is thrown below, once the source is stopped.
    sending.catch(() => undefined);
    await this.receive(ending);
    this.takeTicks(true);
    this.source.stop();
    const timer = setTimeout(() => this.over.abort(new Error("the time for sending is over")), FLUSH_MS);
    try {
      await sending;
      while (this.queue.count > 0) await this.sendBatch();
      await this.sender.flush();
    } catch (error) {
      if (!this.over.signal.aborted && !abandon.aborted) throw error;
    } finally {
      clearTimeout(timer);
      this.over.abort();
    }
  }

  /** Prints the counts; true when nothing is left. */
  report(): boolean {
    this.context.print(this.line());
    if (this.totals.total.sent > 0 || this.totals.unsent.size > 0) this.totals.lines().forEach(this.context.print);
    const left = this.queue.count + this.underWay;
    if (left > 0) this.context.note(`${count(left, "tick")} not sent`);
    return left === 0 && this.givenUp === 0 && this.queue.dropped === 0;
  }

  private async receive(ending: AbortSignal): Promise<void> {
    let nextLineMs = Date.now() + this.options.status;
    while (!ending.aborted) {
      this.source.advance();
      this.takeTicks(false);
      this.sayNews();
      if (Date.now() >= nextLineMs) {
        this.context.print(this.line());
        nextLineMs = Date.now() + this.options.status;
      }
      await sleep(ADVANCE_MS, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  private get givenUp(): number {
    return [...this.totals.unsent.values()].reduce((sum, { ticks }) => sum + ticks, 0);
  }

  private line(): string {
    const waiting = this.queue.count + this.underWay;
    const { sent } = this.totals.total;
    const { dropped } = this.queue;
    const line = statusLine(this.source.status(), { sent, waiting, dropped, givenUp: this.givenUp });
    return `${new Date().toISOString()} ${line}`;
  }

  private takeTicks(all: boolean): void {
    for (const ticks of this.source.take(all).values()) this.queue.add(ticks);
  }

  /** Says faults, at most one of a kind a second; each refused product once; and each thousand of dropped ticks. */
  private sayNews(): void {
    const { lastFault, lastDataFault, products } = this.source.status();
    for (const { product, refusal } of products) {
      if (refusal === null || this.saidRefusals.has(product)) continue;
      this.saidRefusals.add(product);
      this.context.note(`${product} is refused by the venue: ${refusal}`);
    }
    this.saidFaultMs = this.sayFault(lastFault, this.saidFaultMs);
    this.saidDataFaultMs = this.sayFault(lastDataFault, this.saidDataFaultMs);
    const { dropped } = this.queue;
    if (dropped < this.saidDropped + (this.saidDropped === 0 ? 1 : 1_000)) return;
    this.saidDropped = dropped;
    this.context.note(`${count(dropped, "tick")} dropped: more than ${this.options.keep} waited for the gateway`);
  }

  /** @param saidMs when the last one was said. Returns when this one was. */
  private sayFault(fault: FeedFault | null, saidMs: number): number {
    if (fault === null || fault.atMs <= saidMs + 1_000) return saidMs;
    this.context.note(fault.text);
    return fault.atMs;
  }

  private async send(ending: AbortSignal): Promise<undefined> {
    while (!ending.aborted) {
      if (this.queue.count < BATCH_TICKS) {
        await sleep(SEND_EVERY_MS, undefined, { signal: ending }).catch(() => undefined);
      }
      if (ending.aborted) return;
      await this.sendBatch();
    }
  }

  private async sendBatch(): Promise<void> {
    const batch = this.queue.take(BATCH_TICKS);
    if (batch.length === 0) return;
    this.underWay = batch.length;
    await this.sender.send(batch);
    this.underWay = 0;
  }
}
