// The publishing side of the stream: which hubs listen to an object, and a loop to each of them that sends what they
// lack, one call at a time. A hub that is slow or away costs nobody else anything: its loop only falls behind.
import * as v from "valibot";
import { logWarning } from "../log.ts";
import { isFresh } from "../model/is-fresh.ts";
import type { EventPage } from "../stream/stream-event.ts";
import type { PublishAnswer, Publication } from "../stream/publication.ts";

/** Pause after a hub that failed; events wait in the log meanwhile. */
const RETRY_MS = 1_000;

const listenersSchema = v.array(v.object({ hub: v.string(), grid: v.string() }));

interface Listener {
  readonly hub: string;
  readonly grid: string;
  /** What the hub has; `undefined` after a restart of the publisher. */
  sentThrough: number | undefined;
  isSending: boolean;
  /** Whether there was news while it was sent to. */
  hasNews: boolean;
  /** How often it has begun to listen: a hub may do so again while it is being taken out. */
  calls: number;
  failedMs: number;
}

export interface PublisherOptions {
  readonly source: () => string;
  /** The text that `save` was given last. */
  readonly load: () => string | undefined;
  readonly save: (listeners: string) => void;
  readonly publish: (hub: string, publication: Publication) => Promise<PublishAnswer>;
  /** Waits until nothing is half done; `undefined` for a grid that is no more. */
  readonly read: (grid: string, after: number) => Promise<EventPage | undefined>;
}

/** Reads at once: for a caller that knows that nothing is half done. */
type ReadNow = (grid: string, after: number) => EventPage | undefined;

export class StreamPublisher {
  private readonly options: PublisherOptions;
  private listeners: Listener[];

  constructor(options: PublisherOptions) {
    this.options = options;
    this.listeners = listenersIn(options.load()).map(({ hub, grid }) => newListener(hub, grid, undefined));
  }

  get hasListeners(): boolean {
    return this.listeners.length > 0;
  }

  /** From now on the hub is sent what comes after `position`; stored before the caller's answer. */
  listen(hub: string, grid: string, position: number): void {
    const known = this.listeners.find((listener) => listener.hub === hub && listener.grid === grid);
    if (known !== undefined) {
      known.calls += 1;
      return;
    }
    this.listeners.push(newListener(hub, grid, position));
    this.save();
  }

  /** Begins to send what is new. The work is done when all hubs have it, or failed. Never throws. */
  publish(readNow: ReadNow): Promise<unknown> | undefined {
    const nowMs = Date.now();
    const sends = this.listeners.flatMap((listener) => {
      if (listener.isSending) {
        listener.hasNews = true;
        return [];
      }
      if (isFresh(listener.failedMs, RETRY_MS, nowMs)) return [];
      const page = listener.sentThrough === undefined ? undefined : readNow(listener.grid, listener.sentThrough);
      if (listener.sentThrough !== undefined && (page === undefined || page.through <= listener.sentThrough)) return [];
      return [this.send(listener, page)];
    });
    return sends.length === 0 ? undefined : Promise.all(sends);
  }

  /** Tells every hub that there is no such source any more. Never throws. */
  async end(): Promise<void> {
    const { listeners } = this;
    this.listeners = [];
    const ended = listeners.map(async ({ hub, grid }) => {
      const what = { kind: "ended", atMs: Date.now() } as const;
      await this.options.publish(hub, { source: this.options.source(), grid, what }).catch((error: unknown) => {
        logWarning("stream_end_not_told", { source: this.options.source(), hub, error: String(error) });
      });
    });
    await Promise.all(ended);
  }

  /** Stores who listens, again after the storage was emptied. */
  save(): void {
    this.options.save(JSON.stringify(this.listeners.map(({ hub, grid }) => ({ hub, grid }))));
  }

  private async send(listener: Listener, first: EventPage | undefined): Promise<void> {
    const { source, publish, read } = this.options;
    listener.isSending = true;
    try {
      for (let page = first; ;) {
        const { hub, grid, sentThrough, calls } = listener;
        listener.hasNews = false;
        const what =
          page === undefined || sentThrough === undefined
            ? ({ kind: "ask" } as const)
            : ({ kind: "events", after: sentThrough, page } as const);
        const answer = await publish(hub, { source: source(), grid, what });
        if (!answer.isRead) {
          if (listener.calls === calls) this.remove(listener);
          return;
        }
        listener.sentThrough = answer.position;
        if (answer.position === undefined) return;
        page = await read(grid, answer.position);
        if (page === undefined) return;
        if (page.through <= answer.position && !listener.hasNews) return;
      }
    } catch (error) {
      listener.failedMs = Date.now();
      logWarning("stream_not_published", { source: source(), hub: listener.hub, error: String(error) });
    } finally {
      listener.isSending = false;
    }
  }

  private remove(listener: Listener): void {
    this.listeners = this.listeners.filter((other) => other !== listener);
    this.save();
  }
}

function newListener(hub: string, grid: string, sentThrough: number | undefined): Listener {
  return { hub, grid, sentThrough, isSending: false, hasNews: false, calls: 1, failedMs: -Infinity };
}

/** A damaged text is no list: readers who connect again begin to listen anew. */
function listenersIn(text: string | undefined): readonly { readonly hub: string; readonly grid: string }[] {
  try {
    return text === undefined ? [] : v.parse(listenersSchema, JSON.parse(text));
  } catch (error) {
    logWarning("stream_listeners_unreadable", { error: String(error) });
    return [];
  }
}
