// A reader of a hub: what it follows, and what it lacks. One that is behind a topic is sent nothing live of it; the hub
// reads on for it from the source's log until it has caught up.
import { cursorOf } from "../../stream/stream-cursor.ts";
import type { StreamEvent } from "../../stream/stream-event.ts";
import type { Subscription } from "../../stream/subscription.ts";
import type { Topic } from "./topic.ts";

export type Transport = "websocket" | "sse";

export abstract class Reader {
  abstract readonly transport: Transport;
  subscription: Subscription;
  /** Position of the last event that it was sent or spared, by the topics in which it is behind. */
  readonly behind = new Map<Topic, number>();
  /** In the order of the subscription. */
  topics: readonly Topic[] = [];
  isCatchingUp = false;
  isClosed = false;
  private readonly symbols: ReadonlySet<string>;
  private readonly kinds: ReadonlySet<string>;

  constructor(subscription: Subscription) {
    this.subscription = subscription;
    this.symbols = new Set(subscription.symbols);
    this.kinds = new Set<string>([...subscription.kinds, "gap"]);
  }

  /** Whether it may be sent an event now. */
  abstract get hasRoom(): boolean;

  /** When it is closed unless it reads on, wall-clock ms; `undefined` while it does. */
  abstract get dueMs(): number | undefined;

  /** The first message. @param text its JSON. */
  abstract greet(text: string, cursor: string): void;

  /** Ends it from the hub's side. Never throws. */
  abstract close(code: number, reason: string): void;

  protected abstract deliver(topic: Topic, event: StreamEvent): void;

  /** A live event. Returns whether it was sent; without room the reader is behind from here on. */
  offer(topic: Topic, event: StreamEvent): boolean {
    if (this.behind.has(topic) || !this.wants(event)) return false;
    if (!this.hasRoom) {
      this.behind.set(topic, event.position - 1);
      return false;
    }
    this.deliver(topic, event);
    return true;
  }

  /** What it must know even while it is behind or has no room: the last event of a topic. */
  tell(topic: Topic, event: StreamEvent): void {
    this.deliver(topic, event);
  }

  /** Events that it lacked, in order, for as long as there is room. Returns how many were sent. */
  catchUp(topic: Topic, events: readonly StreamEvent[], through: number): number {
    const from = this.behind.get(topic);
    if (from === undefined) return 0;
    let sent = 0;
    for (const event of events) {
      if (event.position <= from || !this.wants(event)) continue;
      if (!this.hasRoom) {
        this.behind.set(topic, event.position - 1);
        return sent;
      }
      this.deliver(topic, event);
      sent += 1;
    }
    if (topic.position !== undefined && through >= topic.position) this.behind.delete(topic);
    else this.behind.set(topic, through);
    return sent;
  }

  /** It does not follow the topic any more. */
  leave(topic: Topic): void {
    const { source } = topic;
    this.topics = this.topics.filter((other) => other !== topic);
    this.subscription = { ...this.subscription, symbols: this.subscription.symbols.filter((name) => name !== source) };
  }

  /** Where it is in each topic. */
  get cursor(): string {
    return this.topics.map((topic) => cursorOf(topic.source, this.behind.get(topic) ?? topic.position ?? 0)).join();
  }

  private wants({ kind, symbol }: StreamEvent): boolean {
    return this.kinds.has(kind) && (this.symbols.has(symbol) || kind === "gap");
  }
}
