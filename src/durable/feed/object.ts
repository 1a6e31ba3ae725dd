// One venue's feed: keeps the connections, and hands their ticks to the symbols. Wiring only; the connections' life is
// in src/markets/feed, delivery in symbol-queue.ts.
import { DurableObject } from "cloudflare:workers";
import { sendCounts } from "../../clients/metrics.ts";
import { registryOf } from "../../clients/registry.ts";
import { alarmRuns } from "../../counting/isolate-counters.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { faults } from "../../health/fault-board.ts";
import { reportHealth } from "../../health/health-object.ts";
import { logError } from "../../log.ts";
import type { FeedStatus, ProductStatus } from "../../markets/feed/feed-status.ts";
import { VenueFeed } from "../../markets/feed/venue-feed.ts";
import type { FeedVenue, LocationHint } from "../../markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../markets/feed/venue-protocols.ts";
import { modelsReady } from "../../model-refresh.ts";
import { type Env, settingsOf } from "../../settings.ts";
import type { FeedWish } from "../registry/feed-wish.ts";
import { FeedAlerts } from "./feed-alerts.ts";
import { openFeedSocket } from "./feed-socket.ts";
import type { QueueStatus } from "./symbol-queue.ts";
import { SymbolQueues } from "./symbol-queues.ts";

const WISH = "wish";
/** The alarm finds out that sockets are gone: after an eviction or a deploy nothing else would. */
const WATCH_MS = 5_000;
/** How often the object asks the registry whether it is still wanted. */
const ASK_MS = 60_000;
/** How often what is due is done, where ticks are not handed on more often, ms. */
const BEAT_MS = 250;
/** Ticks that are still to be delivered when a feed ends get this long. */
const FLUSH_MS = 5_000;

interface StoredWish extends FeedWish {
  readonly venue: FeedVenue;
}

interface FollowedStatus extends ProductStatus, QueueStatus {}

export interface FeedReport extends Omit<FeedStatus, "products"> {
  readonly venue: FeedVenue;
  readonly hint: LocationHint;
  readonly revision: number;
  /** When this object was loaded: its counts are since then. */
  readonly loadedMs: number;
  readonly products: readonly FollowedStatus[];
  /** Ticks of all symbols since then, those of symbols that were left too. */
  readonly totals: { readonly delivered: number; readonly dropped: number };
}

/** A feed that was asked how it is; without a report where its object did not answer. */
export interface AskedFeed {
  readonly venue: FeedVenue;
  readonly report: FeedReport | undefined;
}

/** What runs while the object is in memory. */
interface Running {
  readonly feed: VenueFeed;
  readonly queues: SymbolQueues;
  readonly alerts: FeedAlerts;
  readonly loadedMs: number;
  readonly timer: number;
  nextFlushMs: number;
}

export class FeedObject extends DurableObject<Env> {
  private readonly storage: DurableObjectStorage;
  private wish: StoredWish | undefined;
  private running: Running | undefined;
  private askedMs = -Infinity;
  /** Wishes up to this revision were given up: whoever read one before must not begin it again. */
  private leftRevision = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.storage = countedStorage(ctx.storage, "feed");
    this.wish = this.storage.kv.get<StoredWish>(WISH);
  }

  /**
   * Follows what is wished, durable before the answer. A wish that it has already, or an older one, changes nothing.
   * Returns how the feed is. Throws for a wish that was ended meanwhile.
   */
  async follow(venue: FeedVenue, wish: FeedWish): Promise<FeedReport> {
    if (wish.revision <= this.leftRevision) throw new Error(`feed ${venue}: revision ${wish.revision} was ended`);
    if (this.wish === undefined || wish.revision > this.wish.revision) {
      this.wish = { venue, ...wish };
      this.storage.kv.put(WISH, this.wish);
    }
    this.askedMs = Date.now();
    this.run();
    await this.watch();
    return this.report()!;
  }

  /** Ends the feed: delivers what it has, and forgets everything. */
  async leave(): Promise<void> {
    const { running, wish } = this;
    this.wish = undefined;
    this.leftRevision = Math.max(this.leftRevision, wish?.revision ?? 0);
    if (wish !== undefined) faults.clear("feed_down", wish.venue);
    this.running = undefined;
    if (running !== undefined) await this.end(running);
    if (wish !== undefined) await this.withdrawAlert(wish, running);
    if (this.wish !== undefined) return;
    await this.storage.deleteAlarm();
    await this.storage.deleteAll();
  }

  /** `undefined` when it follows nothing. */
  report(): FeedReport | undefined {
    const { wish, running } = this;
    if (wish === undefined || running === undefined) return undefined;
    const { venue, hint, revision } = wish;
    const status = running.feed.status();
    const products = status.products.map((product) => ({ ...product, ...running.queues.status(product.symbol) }));
    return { ...status, venue, hint, revision, loadedMs: running.loadedMs, products, totals: running.queues.totals };
  }

  /** The watchdog. Never throws: Cloudflare would retry the alarm, and give it up at last. */
  override async alarm(): Promise<void> {
    alarmRuns.inc({ object: "feed" });
    try {
      await this.askRegistry();
      this.run();
      this.beat();
      await this.tell();
    } catch (error) {
      this.log("feed_alarm_failed", error);
    }
    await this.watch();
  }

  /** Connects, where nothing runs; and follows the products of the wish. */
  private run(): void {
    const { wish } = this;
    if (wish === undefined) return;
    const running = (this.running ??= this.start(wish));
    const symbols = new Map(wish.products.map(({ product, symbol }) => [product, symbol]));
    running.queues.follow(symbols);
    running.feed.follow(symbols);
  }

  private start({ venue }: StoredWish): Running {
    const { kv } = this.storage;
    const { tickRules: rules, venueEndpoints, feedFlushMs } = settingsOf(this.env);
    const feed = new VenueFeed(VENUE_PROTOCOLS[venue], {
      rules,
      random: () => Math.random(),
      openSocket: openFeedSocket,
      nowMs: () => Date.now(),
      endpoint: venueEndpoints[venue]?.stream,
    });
    return {
      feed,
      queues: new SymbolQueues(this.env, venue),
      alerts: new FeedAlerts(kv, venue, this.env),
      loadedMs: Date.now(),
      timer: setInterval(() => this.beat(), Math.min(BEAT_MS, feedFlushMs)),
      nextFlushMs: 0,
    };
  }

  /** Does what is due. Never throws. */
  private beat(): void {
    const { running } = this;
    if (running === undefined) return;
    try {
      running.feed.advance();
      const nowMs = Date.now();
      if (nowMs < running.nextFlushMs) return;
      const { feedFlushMs } = settingsOf(this.env);
      running.nextFlushMs = nowMs + feedFlushMs - Math.min(BEAT_MS, feedFlushMs) / 2;
      for (const [symbol, ticks] of running.feed.take()) running.queues.add(symbol, ticks);
      this.ctx.waitUntil(running.queues.deliver());
    } catch (error) {
      this.log("feed_failed", error);
    }
  }

  /** Notes whether the feed is down, and sends what its alert has to say. */
  private async tell(): Promise<void> {
    const { running, wish } = this;
    if (running === undefined || wish === undefined) return;
    const nowMs = Date.now();
    const { state, sinceMs, lastFault } = running.feed.status();
    const downMs = state === "live" ? 0 : Math.max(0, nowMs - sinceMs);
    const isNoted = downMs >= WATCH_MS;
    const fault = lastFault?.text ?? null;
    faults.set("feed_down", wish.venue, isNoted ? (fault ?? `${state}`) : undefined, nowMs);
    running.alerts.judge(downMs, fault, nowMs);
    await running.alerts.notify(this.env);
    await modelsReady(this.env, (work) => this.ctx.waitUntil(work));
    await reportHealth(this.env);
    await sendCounts(this.env, "object");
  }

  /** Once a minute: a wish that did not arrive is made up for, and a feed that nobody wants ends. */
  private async askRegistry(): Promise<void> {
    const { wish } = this;
    const nowMs = Date.now();
    if (wish === undefined || nowMs - this.askedMs < ASK_MS) return;
    this.askedMs = nowMs;
    try {
      const { feeds } = await registryOf(this.env).read();
      // Meanwhile another one came.
      if (this.wish !== wish) return;
      const wanted = feeds[wish.venue];
      if (wanted === undefined || wanted.hint !== wish.hint) await this.leave();
      else if (wanted.revision > wish.revision) await this.follow(wish.venue, wanted);
    } catch (error) {
      this.log("feed_registry_failed", error);
    }
  }

  /**
   * Sets the alarm while there is something to watch. One that is set already stays: whoever asks more often than it
   * rings would put it off for ever. Never throws.
   */
  private async watch(): Promise<void> {
    if (this.wish === undefined) return;
    const { storage } = this;
    try {
      if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + WATCH_MS);
    } catch (error) {
      this.log("feed_alarm_not_set", error);
    }
  }

  private async end({ feed, queues, timer }: Running): Promise<void> {
    clearInterval(timer);
    for (const [symbol, ticks] of feed.take(true)) queues.add(symbol, ticks);
    feed.stop();
    const endMs = Date.now() + FLUSH_MS;
    // More than once: a batch may be under way, or wait to be sent again.
    while (queues.waiting > 0 && Date.now() < endMs) {
      void queues.deliver();
      await new Promise((done) => setTimeout(done, BEAT_MS));
    }
  }

  /** Also where nothing runs: an object that was loaded to be ended may have an alert of before. Never throws. */
  private async withdrawAlert({ venue }: StoredWish, running: Running | undefined): Promise<void> {
    try {
      const alerts = running?.alerts ?? new FeedAlerts(this.storage.kv, venue, this.env);
      alerts.withdraw(Date.now());
      await alerts.notify(this.env);
    } catch (error) {
      this.log("feed_alert_not_sent", error);
    }
  }

  private log(event: string, error: unknown): void {
    logError(event, { venue: this.wish?.venue, error: String(error) });
  }
}
