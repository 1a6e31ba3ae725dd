// A symbol's part of the stream: what its grids' logs say to the hubs that listen. All that is sent is durable, because
// it is read after the batch was stored.
import { publishTo } from "../../../clients/streams.ts";
import { StreamPublisher } from "../../../clients/stream-publisher.ts";
import type { Env } from "../../../settings.ts";
import { newestPosition, stepEvents, type StepSource } from "../../../stream/step-events.ts";
import type { EventPage } from "../../../stream/stream-event.ts";
import { findGrid } from "../grids/find-grid.ts";
import type { LiveGrid, LiveSymbol } from "../live-symbol.ts";
import type { PageStore } from "../storage/page-store.ts";

const PAGES = "stream";
const PAGE_ID = "listeners";

interface SymbolStreamOptions {
  readonly env: Env;
  /** Called each time: a symbol that is made anew has other ones. */
  readonly pages: () => PageStore;
  /** Reads the symbol between two batches, its replayed steps scored; `undefined` where there is none. */
  readonly between: <T>(read: (live: LiveSymbol) => T) => Promise<T | undefined>;
}

export class SymbolStream {
  private readonly publisher: StreamPublisher;
  private readonly between: SymbolStreamOptions["between"];
  private name = "";

  constructor({ env, pages, between }: SymbolStreamOptions) {
    this.between = between;
    this.publisher = new StreamPublisher({
      source: () => this.name,
      load: () => {
        const bytes = pages().load(PAGES).get(PAGE_ID);
        return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
      },
      save: (text) => {
        pages().save(PAGES, [{ id: PAGE_ID, bytes: new TextEncoder().encode(text).buffer as ArrayBuffer }]);
      },
      publish: (hub, publication) => publishTo(env, hub, publication),
      read: async (grid, after) => (await this.page(grid, after)) ?? undefined,
    });
  }

  /** Whether a hub listens. */
  get isRead(): boolean {
    return this.publisher.hasListeners;
  }

  /** Begins to send what is new, between two batches; `undefined` where there is nothing to send. Never throws. */
  publish(live: LiveSymbol): Promise<unknown> | undefined {
    if (!this.publisher.hasListeners) return undefined;
    this.name = live.name;
    return this.publisher.publish((grid, after) => pageOf(live, grid, after) ?? undefined);
  }

  /**
   * From now on the hub is sent what comes after the position that is returned; `undefined` for a symbol without a
   * tick, `null` for a grid that it lacks.
   * @param grid "" for the symbol's own.
   */
  async listen(hub: string, grid: string): Promise<number | null | undefined> {
    return await this.between((live) => {
      const found = findGrid(live, grid === "" ? undefined : grid);
      if (found === undefined) return null;
      this.name = live.name;
      const position = newestPosition(stepSourceOf(found));
      this.publisher.listen(hub, grid, position);
      return position;
    });
  }

  /** The next events after a position; `undefined` and `null` likewise. @param upTo see `stepEvents`. */
  async page(grid: string, after: number, upTo?: number): Promise<EventPage | null | undefined> {
    return await this.between((live) => pageOf(live, grid, after, upTo));
  }

  /** Tells the hubs that the symbol was removed. Never throws. */
  async end(): Promise<void> {
    await this.publisher.end();
  }

  /** Stores who listens again, after the symbol was made anew. */
  keep(): void {
    if (this.publisher.hasListeners) this.publisher.save();
  }
}

function pageOf(live: LiveSymbol, grid: string, after: number, upTo?: number): EventPage | null {
  const found = findGrid(live, grid === "" ? undefined : grid);
  return found === undefined ? null : stepEvents(stepSourceOf(found), after, upTo);
}

function stepSourceOf({ name, engine: { stepLog, features } }: LiveGrid): StepSource {
  const { grid, label } = features.config;
  return {
    symbol: name,
    stepMs: grid.stepMs,
    horizonSteps: label.horizonSteps,
    newestStep: stepLog.newest,
    between: (from, to, onDamaged) => stepLog.between(from, to, onDamaged),
  };
}
