// What a symbol's object holds in memory: the loaded symbol, its database, its background work, and the grids and
// models that it is served on. Methods are synchronous but for `clear`.
import { areCountsDue, sendCounts } from "../../../clients/metrics.ts";
import type { GridConfig } from "../../../features/event-grid.ts";
import { isReportDue, reportHealth } from "../../../health/health-object.ts";
import { logError } from "../../../log.ts";
import { hostFor } from "../../../model/grid-hosts.ts";
import type { ModelHost, ServedModels } from "../../../model/model-host.ts";
import {
  alertLimitsOf,
  archiveOf,
  type Env,
  furtherGridNamesOf,
  learningOf,
  predictionsOf,
  settingsOf,
} from "../../../settings.ts";
import { Background } from "../background.ts";
import type { SymbolStores } from "../engine.ts";
import { FeedbackStores } from "../evaluation/feedback-stores.ts";
import { missingGrids } from "../grids/find-grid.ts";
import { addGrid, configForNewSymbol, type LiveSymbol, loadSymbol } from "../live-symbol.ts";
import { noteFaults } from "../note-faults.ts";
import { PageStore } from "../storage/page-store.ts";
import { SlotStore } from "../storage/slot-store.ts";
import { noCountersYet } from "../symbol-counters.ts";

export class HeldSymbol {
  /** For work that nobody waits for. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** `undefined` before its first batch, and while it cannot be read. */
  live: LiveSymbol | undefined;
  /** Replaced when the database is emptied, like `background`. */
  stores: SymbolStores;
  background: Background;
  readonly counters = noCountersYet();
  readonly feedbackStores: FeedbackStores;
  /** Called before everything is forgotten. */
  readonly whenCleared: (() => void)[] = [];
  /** Called when it was made again, before that is durable. */
  readonly whenBegunAgain: (() => void)[] = [];
  private readonly storage: DurableObjectStorage;
  private readonly envNow: () => Env;

  /** @param envNow the object's environment, which a test may replace. */
  constructor(storage: DurableObjectStorage, envNow: () => Env, waitUntil: (work: Promise<unknown>) => void) {
    this.storage = storage;
    this.envNow = envNow;
    this.waitUntil = waitUntil;
    this.stores = openStores(storage, this.env);
    this.feedbackStores = new FeedbackStores(storage);
    this.loadOrUnload(() => this.readBack());
    this.background = this.newBackground();
  }

  get env(): Env {
    return this.envNow();
  }

  /** A symbol that a failed `reload` left unloaded exists all the same. */
  readBack(): void {
    this.live ??= loadSymbol(this.stores, this.counters);
  }

  /** If even this fails, the symbol stays unloaded until the next request. No state is better than a wrong one. */
  reload(): void {
    this.live = undefined;
    this.readBack();
  }

  /** For a failure that must not refuse what is asked. @param load `readBack` or `reload`. */
  loadOrUnload(load: () => void): void {
    try {
      load();
    } catch (error) {
      this.logFault("reload_failed", error);
    }
  }

  /** Forgets everything, in storage and in memory. */
  async clear(): Promise<void> {
    const { storage } = this;
    for (const tell of this.whenCleared) tell();
    await storage.deleteAlarm();
    await storage.deleteAll();
    this.live = undefined;
    this.stores = openStores(storage, this.env);
    this.feedbackStores.clear();
    this.background = this.newBackground();
    Object.assign(this.counters, noCountersYet());
  }

  /** Adds the wanted grids that the symbol lacks. Those whose champion is not known yet are left to a later request. */
  addGrids(live: LiveSymbol): void {
    for (const setting of missingGrids(live, settingsOf(this.env).furtherGrids)) {
      const config = configForNewSymbol(setting, this.hostOf(setting.engine.grid).serving);
      if (config !== undefined) addGrid(live, setting.name, config, this.stores);
    }
  }

  /** The symbol's grid (before its first batch that of the gateway, which it will get) and the further ones. */
  get allGrids(): readonly GridConfig[] {
    return [this.grid, ...settingsOf(this.env).furtherGrids.map(({ engine }) => engine.grid)];
  }

  hostOf(grid: GridConfig): ModelHost {
    return hostFor(grid, settingsOf(this.env));
  }

  /** The models of the symbol's grid, see `ModelHost.serving`. */
  get serving(): ServedModels {
    return this.hostOf(this.grid).serving;
  }

  /** Notes the symbol's faults for `/health`, and sends what the isolate has to report. Never throws. */
  noteFaults(): void {
    try {
      if (this.live !== undefined) noteFaults(this.live, this.background.archive);
      if (isReportDue(Date.now())) this.waitUntil(reportHealth(this.env));
      if (areCountsDue("object", Date.now())) this.waitUntil(sendCounts(this.env, "object"));
    } catch (error) {
      this.logFault("faults_not_noted", error);
    }
  }

  logFault(event: string, error: unknown): void {
    logError(event, { symbol: this.live?.name, error: String(error) });
  }

  private get grid(): GridConfig {
    return (this.live?.engine.features.config ?? settingsOf(this.env).engine).grid;
  }

  private newBackground(): Background {
    return new Background(this.env, this.stores.pages, () => this.live);
  }
}

function openStores(storage: DurableObjectStorage, env: Env): SymbolStores {
  const isArchived = archiveOf(env) !== undefined;
  const keepsPredictions = isArchived && predictionsOf(env);
  const gridNames = furtherGridNamesOf(env);
  const learnt = { alertLimits: alertLimitsOf(env), learning: learningOf(env) };
  const [slots, pages] = [new SlotStore(storage), new PageStore(storage)];
  return { slots, pages, isArchived, keepsPredictions, gridNames, ...learnt };
}
