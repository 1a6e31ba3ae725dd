// Alerts of many symbols and receivers that may be away, on a clock of their own: the outbox, the log of alerts and the
// courier of the alerts object over its real storage, the network and the time in the hands of a test.
import { AlertLog } from "../../src/durable/alerts/alert-log.ts";
import { WebhookCourier } from "../../src/durable/alerts/webhook-courier.ts";
import { WebhookOutbox } from "../../src/durable/alerts/webhook-outbox.ts";
import type { Attempt } from "../../src/durable/alerts/webhook-send.ts";
import type { AlertChange } from "../../src/quality/alerts/alert-change.ts";
import { alertSettings } from "../../src/settings/alert-settings.ts";
import { change } from "./alert-receiver.ts";

export const START_MS = 1_790_000_000_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const DEADLINE_MS = 10_000;

/**
 * How a receiver answers: it takes a message, or not; `hangs` takes nothing and never answers, `mute` takes everything
 * and never answers.
 */
export type Mood = "well" | "hangs" | "mute" | "refused" | number;

export const namesOf = (count: number) => Array.from({ length: count }, (_, i) => `S-${i}`);

class Receiver {
  mood: Mood = "well";
  /** Messages of this state get 500, whatever the mood. */
  refuses: AlertChange["state"] | undefined;
  /** Alerts that it was told of and whose end it has not got, by id. */
  readonly open = new Set<string>();
  /** The last state of each symbol and rule that a person would read. */
  readonly shown = new Map<string, string>();
  /** Messages that it took: rule, state and number of changes. */
  readonly messages: string[] = [];
  requests = 0;
  /** Says with an error when to come again. */
  retryAfterMs: number | null = null;
  /** Changes in a message at most: larger ones get 413. */
  most = Infinity;

  take(changes: readonly AlertChange[]): Attempt {
    this.requests += 1;
    const mood = changes[0]!.state === this.refuses ? 500 : this.mood;
    const answer = { retryAfterMs: this.retryAfterMs, detail: "" };
    if (changes.length > this.most) return { ...answer, status: 413, tookMs: 5 };
    if (mood === "well" || mood === "mute") {
      this.messages.push(`${changes[0]!.rule} ${changes[0]!.state} ${changes.length}`);
      for (const { id, symbol, rule, state } of changes) {
        if (state === "firing") this.open.add(id);
        else this.open.delete(id);
        this.shown.set(`${symbol} ${rule}`, state);
      }
    }
    if (mood === "well") return { ...answer, status: 204, tookMs: 20 };
    if (typeof mood === "number") return { ...answer, status: mood, tookMs: 20 };
    return { status: null, retryAfterMs: null, detail: mood, tookMs: mood === "refused" ? 5 : DEADLINE_MS };
  }
}

export class OutageWorld {
  readonly sql: SqlStorage;
  outbox: WebhookOutbox;
  private readonly receivers: ReadonlyMap<string, Receiver>;
  nowMs = START_MS;
  private readonly storage: DurableObjectStorage;
  private readonly log: AlertLog;
  private courier: WebhookCourier;
  /** By name; `undefined` for one that is not configured now. */
  private readonly webhooks: Map<string, object | undefined>;
  private settings: ReturnType<typeof alertSettings>;

  constructor(storage: DurableObjectStorage, names: readonly string[], more: Record<string, object> = {}) {
    this.storage = storage;
    this.sql = storage.sql;
    this.receivers = new Map(names.map((name) => [name, new Receiver()]));
    this.webhooks = new Map(names.map((name) => [name, more[name] ?? {}]));
    this.settings = this.settingsNow();
    this.log = new AlertLog(storage.sql);
    [this.outbox, this.courier] = this.opened();
  }

  receiver(name: string): Receiver {
    return this.receivers.get(name)!;
  }

  /** Forgets what is in memory, as an eviction does. */
  evict(): void {
    [this.outbox, this.courier] = this.opened();
  }

  /** Gives a webhook other fields, as a deployment does, or takes it away. */
  configure(name: string, fields: object | undefined): void {
    this.webhooks.set(name, fields);
    this.settings = this.settingsNow();
    this.evict();
  }

  /** As if a receiver knew of so many further alerts. Call it before the first report: the outbox counts them then. */
  fillTold(name: string, count: number): void {
    const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)";
    this.sql.exec(`${numbers} INSERT INTO told SELECT ?, 'more ' || i FROM n`, ...[count, name]);
  }

  /** One change, now. */
  report(symbol: string, state: AlertChange["state"], atMs: number, rule: AlertChange["rule"] = "feed_silent"): void {
    const id = `${symbol}:${rule}:${atMs}`;
    const fresh = this.log.record(change(rule, state, { id, symbol, atMs: this.nowMs, sinceMs: atMs }));
    if (fresh !== undefined) this.storage.transactionSync(() => this.courier.queue(fresh, this.settings));
  }

  /** Changes of many symbols, evenly spread over a time, while deliveries go on. */
  async reportAll(symbols: readonly string[], state: AlertChange["state"], id: number, overMs: number): Promise<void> {
    const fromMs = this.nowMs;
    for (let i = 0; i < symbols.length; i++) {
      await this.passUntil(fromMs + (i * overMs) / symbols.length);
      this.report(symbols[i]!, state, id);
    }
    await this.passUntil(fromMs + overMs);
  }

  /** Lets the time pass; each receiver gets what is due, one message at a time. */
  async passUntil(endMs: number): Promise<void> {
    for (;;) {
      const dueMs = Math.min(...this.outbox.dueTimes().map((due) => due.dueMs));
      if (dueMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      const startMs = this.nowMs;
      const ends = [startMs + 1];
      for (const [name] of this.receivers) {
        this.nowMs = startMs;
        const group = this.courier.next(name);
        if (group === undefined) continue;
        const webhook = this.settings.webhooks.find((one) => one.name === name);
        if (webhook === undefined) this.outbox.abandon(name, this.nowMs);
        else await this.courier.deliver(group, webhook, this.settings);
        ends.push(this.nowMs);
      }
      this.nowMs = Math.max(...ends);
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  private settingsNow(): ReturnType<typeof alertSettings> {
    const configured = [...this.webhooks].filter(([, fields]) => fields !== undefined);
    const webhooks = configured.map(([name, fields]) => ({
      name,
      kind: "json",
      url: `https://${name}.test/`,
      ...fields,
    }));
    return alertSettings(
      {
        ...{ ALERT_WEBHOOKS: webhooks, ALERT_RULES: undefined, GATEWAY_NAME: "" },
        ...{ WEBHOOK_DEADLINE_MS: DEADLINE_MS, WEBHOOK_BACKOFF_MS: 5_000, WEBHOOK_GATHER_MS: MINUTE },
      },
      false,
      (text) => new TypeError(text),
    );
  }

  private opened(): [WebhookOutbox, WebhookCourier] {
    const { storage } = this;
    const outbox = new WebhookOutbox(storage.sql);
    const courier = new WebhookCourier({
      storage,
      outbox,
      clock: () => this.nowMs,
      post: (changes, webhook) => {
        const attempt = this.receiver(webhook.name).take(changes);
        this.nowMs += attempt.tookMs;
        return Promise.resolve(attempt);
      },
    });
    outbox.told.forgetEnded((id) => this.log.isFiring(id));
    return [outbox, courier];
  }
}
