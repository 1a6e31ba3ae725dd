// The further grids of a symbol in its database: restored with the symbol's snapshot, and written with it.
import type { AlertLimits } from "../../../quality/alerts/alert-limits.ts";
import { parseEngineConfig } from "../../../features/engine-config.ts";
import type { EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import type { Page } from "../../../features/page-buffer.ts";
import { logError } from "../../../log.ts";
import { PredictionLog } from "../archive/prediction-log.ts";
import { StepLog, stepPagesOf } from "../steps/step-log.ts";
import { stepsOf } from "../apply-history.ts";
import type { ReplayedSteps } from "../replayed-steps.ts";
import type { LearningSettings } from "../../../settings/learning-settings.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import { loadWarmth, loadWarmTicks, type Warmth } from "../storage/warm-pages.ts";
import { catchUp, freshFeatures, type GridBeginning, GridEngine } from "./grid-engine.ts";
import {
  type GridWarmth,
  loadGridConfigs,
  loadGridState,
  monitorPagesOf,
  removeGrid,
  saveGridConfig,
  saveGridState,
  type StoredGridState,
} from "./grid-pages.ts";
import { applyWarmTicks } from "./warm-grid.ts";

/** A symbol's database, and which further grids the deployment wants. */
export interface GridStores {
  readonly slots: SlotStore;
  readonly pages: PageStore;
  /** Whether batches are archived: what the slots do not have, the archive may have. */
  readonly isArchived: boolean;
  /** Whether predictions are archived beside them. */
  readonly keepsPredictions: boolean;
  /** Limits of the alert rules; absent: the defaults. */
  readonly alertLimits?: AlertLimits | undefined;
  /** Names of the wanted grids; `undefined` when all that are stored are wanted. */
  readonly gridNames?: ReadonlySet<string> | undefined;
  /** What is learnt from labels; the default without it. */
  readonly learning?: LearningSettings;
}

/** State that follows a grid's engine, see `Companion`. */
interface GridCompanion {
  dirtyPages(): Page[];
}

export class SymbolGrids {
  private readonly stores: GridStores;
  private readonly engines = new Map<string, GridEngine>();
  private readonly companions = new Map<string, GridCompanion>();
  /** Stored grids that are not wanted any more: removed with the next snapshot. */
  private unwanted: readonly string[] = [];

  /** @param seq the batch of the symbol's snapshot. @param isSnapshot whether that could be read. */
  constructor(stores: GridStores, seq: number, isSnapshot: boolean) {
    this.stores = stores;
    for (const [name, config] of loadGridConfigs(stores.pages)) {
      if (stores.gridNames?.has(name) === false) this.unwanted = [...this.unwanted, name];
      else this.engines.set(name, this.engineOf(this.restored(name, config, seq, isSnapshot)));
    }
  }

  get list(): readonly GridEngine[] {
    return [...this.engines.values()];
  }

  get count(): number {
    return this.engines.size;
  }

  has(name: string): boolean {
    return this.engines.has(name);
  }

  /** Adds a grid to a symbol with `seq` batches: with the ticks that its slots still have. Stores its configuration. */
  add(name: string, config: EngineConfig, seq: number): GridEngine {
    this.unwanted = this.unwanted.filter((other) => other !== name);
    removeGrid(this.stores.pages, name);
    const engine = this.engineOf(this.rebuilt(name, config, seq, seq === 0 ? undefined : "added to a live symbol"));
    saveGridConfig(this.stores.pages, name, config);
    this.engines.set(name, engine);
    return engine;
  }

  /** Sets whose pages are written with a grid's engine. */
  follow(name: string, companion: GridCompanion): void {
    this.companions.set(name, companion);
  }

  /** Writes its part of a snapshot, in the snapshot's transaction: every grid includes the same batches. */
  save(): void {
    const { pages } = this.stores;
    for (const engine of this.engines.values()) {
      saveGridState(pages, engine.name, engine);
      engine.predictions?.save(engine.seq);
      engine.stepLog.save();
      pages.save(monitorPagesOf(engine.name), this.companions.get(engine.name)?.dirtyPages() ?? []);
    }
    for (const name of this.unwanted) removeGrid(pages, name);
    this.unwanted = [];
  }

  private engineOf(beginning: GridBeginning): GridEngine {
    const { slots, pages, keepsPredictions, isArchived } = this.stores;
    const { name, features, seq, how } = beginning;
    const stepLog = new StepLog(pages, stepPagesOf(name));
    if (!isArchived || !keepsPredictions) return new GridEngine(beginning, stepLog);
    const { grid, label } = features.config;
    const of = { stepMs: grid.stepMs, horizonSteps: label.horizonSteps, snapshotSeq: seq, grid: name };
    const predictions = new PredictionLog(slots, pages, { ...of, rebuilt: how === "rebuilt" });
    return new GridEngine(beginning, stepLog, predictions);
  }

  private restored(name: string, config: EngineConfig, seq: number, isSnapshot: boolean): GridBeginning {
    try {
      const stored = loadGridState(this.stores.pages, name);
      if (stored !== undefined) return this.continued(name, stored, seq, isSnapshot);
      if (seq === 0) return this.rebuilt(name, config, seq, undefined);
      return this.rebuilt(name, config, seq, "no state was stored");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logError("grid_state_unreadable", { grid: name, error: reason });
      return { ...this.rebuilt(name, config, seq, reason), wasDamaged: true };
    }
  }

  /** A version without this grid may have written the symbol's snapshot: its batches are taken from their slots. */
  private continued(name: string, stored: StoredGridState, seq: number, isSnapshot: boolean): GridBeginning {
    const { features, lacksHistory } = stored;
    const warm = this.warmOf(stored.warm);
    if (isSnapshot && stored.seq > seq) throw new TypeError(`grid state: got batch ${stored.seq}, expected ${seq}`);
    if (stored.seq >= seq) return { name, features, seq: stored.seq, how: "snapshot", lacksHistory, warm };
    const lost = catchUp(features, this.stores.slots, { fromSeq: stored.seq + 1, throughSeq: seq }, null);
    if (lost > 0) throw new TypeError(`grid state: batches ${stored.seq + 1} to ${seq} are overwritten`);
    return { name, features, seq, how: "snapshot", lacksHistory, warm };
  }

  private rebuilt(name: string, config: EngineConfig, seq: number, reason: string | undefined): GridBeginning {
    const { slots, isArchived } = this.stores;
    const fromSeq = slots.oldestKept(seq);
    const features = freshFeatures(config);
    const newest = stepsOf(features);
    const warm = fromSeq === 1 ? this.warmOf(this.applyWarmTicks(name, features, newest)) : undefined;
    const lost = catchUp(features, slots, { fromSeq, throughSeq: seq }, null);
    const isShort = isArchived && (fromSeq > 1 || lost > 0);
    return {
      name,
      features,
      seq,
      how: reason === undefined ? "new" : "rebuilt",
      reason,
      lacksHistory: isShort,
      warm,
      steps: newest.take(),
    };
  }

  /** Applies the history that the symbol began with, where its ticks are kept. Returns what it is on this grid. */
  private applyWarmTicks(name: string, features: FeatureEngine, newest: ReplayedSteps): GridWarmth | undefined {
    const { pages, slots } = this.stores;
    const [ticks, identity] = [loadWarmTicks(pages), slots.loadIdentity()];
    if (ticks === undefined || identity === undefined) return undefined;
    const own = loadWarmTicks(pages, name);
    applyWarmTicks(features, parseEngineConfig(JSON.parse(identity.config)), ticks, own, newest);
    const { stepsClosed: steps, totals } = features;
    return { steps, ticks: totals.accepted, fromMs: own?.[0] ?? ticks[0]! };
  }

  /** @param own what this grid has of the history. */
  private warmOf(own: GridWarmth | undefined): Warmth | undefined {
    const warmth = own === undefined || own.steps === 0 ? undefined : loadWarmth(this.stores.pages);
    return warmth && { ...warmth, ...own };
  }
}
