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
/** The venue of a feed that was ended and whose alert is still to be taken back. */
const LEFT = "left";
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
  readonly loadedMs: number;
  readonly timer: number;
  nextFlushMs: number;
}

export class FeedObject extends DurableObject<Env> {
  private readonly storage: DurableObjectStorage;
  private wish: StoredWish | undefined;
  private running: Running | undefined;
  /** One for the object's life: a feed that ends and the one that follows it must not overwrite each other's book. */
  private alerts: FeedAlerts | undefined;
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
      this.storage.kv.delete(LEFT);
    }
    this.askedMs = Date.now();
    this.run();
    await this.watch();
    return this.report()!;
  }

  /**
   * Ends the feed: delivers what it has, takes its alert back, and forgets everything. While the alert cannot be taken
   * back it keeps its book, and the alarm tries again.
   */
  async leave(): Promise<void> {
    const { running, wish } = this;
    this.wish = undefined;
    this.leftRevision = Math.max(this.leftRevision, wish?.revision ?? 0);
    if (wish !== undefined) faults.clear("feed_down", wish.venue);
    this.running = undefined;
    const { storage } = this;
    if (wish !== undefined) {
      storage.kv.put(LEFT, wish.venue);
      storage.kv.delete(WISH);
    }
    if (running !== undefined) await this.end(running);
    await this.forget();
  }

  /** Forgets a feed that was ended, once its alert is taken back. Nothing, when another wish has come. Never throws. */
  private async forget(): Promise<void> {
    const { storage } = this;
    const venue = storage.kv.get<FeedVenue>(LEFT);
    if (this.wish !== undefined) return;
    if (venue !== undefined && !(await this.isAlertTakenBack(venue))) {
      await this.watch();
      return;
    }
    if (this.wish !== undefined) return;
    this.alerts = undefined;
    await storage.deleteAlarm();
    await storage.deleteAll();
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
      if (this.wish === undefined) return await this.forget();
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
      running.queues.add(running.feed.take());
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
    const alerts = this.alertsOf(wish.venue);
    alerts.judge(downMs, fault, nowMs);
    await alerts.notify(this.env);
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
   * Sets the alarm while there is something to watch or to take back. One that is set already stays: whoever asks more
   * often than it rings would put it off for ever. Never throws.
   */
  private async watch(): Promise<void> {
    const { storage } = this;
    if (this.wish === undefined && storage.kv.get(LEFT) === undefined) return;
    try {
      if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + WATCH_MS);
    } catch (error) {
      this.log("feed_alarm_not_set", error);
    }
  }

  private async end({ feed, queues, timer }: Running): Promise<void> {
    clearInterval(timer);
    queues.add(feed.take(true));
    feed.stop();
    const endMs = Date.now() + FLUSH_MS;
    // More than once: a batch may be under way, or wait to be sent again.
    while (queues.waiting > 0 && Date.now() < endMs) {
      void queues.deliver();
      await new Promise((done) => setTimeout(done, BEAT_MS));
    }
  }

  /** Also where nothing ran: an object that was loaded to be ended may have an alert of before. Never throws. */
  private async isAlertTakenBack(venue: FeedVenue): Promise<boolean> {
    try {
      const alerts = this.alertsOf(venue);
      alerts.withdraw(Date.now());
      await alerts.notify(this.env);
      return true;
    } catch (error) {
      logError("feed_alert_not_sent", { venue, error: String(error) });
      return false;
    }
  }

  private alertsOf(venue: FeedVenue): FeedAlerts {
    return (this.alerts ??= new FeedAlerts(this.storage.kv, venue, this.env));
  }

  private log(event: string, error: unknown): void {
    logError(event, { venue: this.wish?.venue, error: String(error) });
  }
}
