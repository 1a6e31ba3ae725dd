// Who may work on a symbol, and with which models: one piece of work at a time, on a loaded symbol whose models stay
// usable until it is done.
import { rememberedRegistryState } from "../../../clients/registry.ts";
import { subscriptionsReady } from "../../../clients/subscriptions.ts";
import { gridName } from "../../../features/grid-name.ts";
import { modelsReady } from "../../../model-refresh.ts";
import { onGrid } from "../../../settings.ts";
import { findGrid } from "../grids/find-grid.ts";
import type { GridServing, LiveGrid, LiveSymbol, Serving } from "../live-symbol.ts";
import { Mutex } from "../mutex.ts";
import { scoreReplayed } from "../refresh-prediction.ts";
import { RetainedModels } from "../retained-models.ts";
import type { HeldSymbol } from "./held-symbol.ts";
import { MissingHistory } from "./missing-history.ts";

export class SymbolAccess {
  readonly held: HeldSymbol;
  readonly missingHistory: MissingHistory;
  private readonly mutex = new Mutex();

  constructor(held: HeldSymbol) {
    this.held = held;
    this.missingHistory = new MissingHistory(held);
  }

  /** Ensures that the symbol is loaded where it exists, and the models of its grid. */
  async prepare(): Promise<void> {
    this.held.readBack();
    await this.prepareModels();
    if (this.missingHistory.isDue) await this.mutex.runExclusive(() => this.missingHistory.add());
  }

  /**
   * Runs work with exclusive access to the symbol, and with models that stay usable until it is done. Reloads the
   * symbol after a failure: memory must not be ahead of the store. Call `prepare` before.
   */
  runExclusive<T>(work: (serving: Serving) => Promise<T>): Promise<T> {
    const { held } = this;
    return this.mutex.runExclusive(async () => {
      // The work before may have made the symbol anew on another grid.
      if (held.allGrids.some((grid) => held.hostOf(grid).current === undefined)) await this.prepareModels();
      const serving = this.retainModels();
      try {
        if (held.live !== undefined) held.addGrids(held.live);
        held.background.muteSpikes(Date.now());
        return await work(serving);
      } catch (error) {
        held.reload();
        throw error;
      } finally {
        for (const { models } of [serving, ...serving.further.values()]) await models.release();
      }
    });
  }

  /** The same for work that needs no models, and nothing that was prepared. */
  runWithoutModels<T>(work: () => Promise<T>): Promise<T> {
    return this.mutex.runExclusive(work);
  }

  /** The grid, its monitor complete; `undefined` for a symbol that has no tick yet, `null` for a grid that it lacks. */
  async monitored(name?: string): Promise<LiveGrid | null | undefined> {
    const { held } = this;
    await this.betweenBatches(() => undefined);
    return held.live && (findGrid(held.live, name) ?? null);
  }

  /** Reads while no batch is at work, with all steps scored; `undefined` for a symbol that has no tick yet. */
  async betweenBatches<T>(read: (live: LiveSymbol) => T): Promise<T | undefined> {
    const { held } = this;
    await this.prepare();
    return await this.runExclusive(async (serving) => {
      if (held.live === undefined) return undefined;
      await scoreReplayed(held.live, serving);
      return read(held.live);
    });
  }

  private async prepareModels(): Promise<void> {
    const { env, waitUntil, allGrids } = this.held;
    // At once: a new isolate with many symbols waits for the slower of the two, not for one after the other.
    await Promise.all([modelsReady(env, waitUntil, allGrids), subscriptionsReady(env, waitUntil)]);
  }

  /** Without an `await`: see `RetainedModels`. */
  private retainModels(): Serving & { readonly further: ReadonlyMap<string, GridServing> } {
    const { held } = this;
    const [own, ...further] = held.allGrids.map((grid): [string, GridServing] => {
      const name = gridName(grid);
      const state = rememberedRegistryState(onGrid(held.env, name) ?? held.env);
      const models = new RetainedModels(held.hostOf(grid).serving);
      return [name, { models, experiment: state?.experiment ?? null, priors: state?.priors.models ?? {} }];
    });
    return { ...own![1], further: new Map(further) };
  }
}
