// One symbol: wiring only. pipeline.ts processes batches, engine.ts persists the state, evaluation/ monitors the
// models. This class runs requests one after the other and keeps the alarm.
import { DurableObject } from "cloudflare:workers";
import { modelHost, type ServedModels } from "../../model/model-host.ts";
import { schemaHashes } from "../../model/schema-hashes.ts";
import { archiveOf, type Env, settingsOf } from "../../settings.ts";
import { registryOf, rememberedRegistryState } from "../../clients/registry.ts";
import type { RowName } from "../../features/schema.ts";
import { logError } from "../../log.ts";
import { modelsReady } from "../../model-refresh.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import type { BlockRows } from "../../quality/window-tables.ts";
import type { WindowName } from "../../quality/window-quality.ts";
import type { Notice } from "../registry/registry-state.ts";
import type { SymbolAlertSettings } from "./alerts/alert-settings-page.ts";
import { Background } from "./background.ts";
import type { SymbolStores } from "./engine.ts";
import type { ExperimentBlocks } from "./evaluation/experiment-blocks-of.ts";
import { experimentBlocksOf } from "./evaluation/experiment-blocks-of.ts";
import { type FeedbackOutcome, FeedbackStore } from "./evaluation/feedback-store.ts";
import { type SymbolDrift, symbolDrift } from "./evaluation/symbol-drift.ts";
import type { SymbolMonitor } from "./evaluation/symbol-monitor.ts";
import { type SymbolFigures, symbolFigures } from "./evaluation/symbol-figures.ts";
import { type SymbolQuality, symbolQuality } from "./evaluation/symbol-quality.ts";
import { configForNewSymbol, createSymbol, type LiveSymbol, loadSymbol, type Serving } from "./live-symbol.ts";
import { Mutex } from "./mutex.ts";
import { type BatchAnswer, type IngestBatch, processBatch } from "./pipeline.ts";
import type { Prediction, RunningExperiment } from "./prediction.ts";
import { refreshPrediction, scoreReplayed } from "./refresh-prediction.ts";
import { RetainedModels } from "./retained-models.ts";
import { PageStore } from "./storage/page-store.ts";
import { SlotStore } from "./storage/slot-store.ts";
import { noCountersYet } from "./symbol-counters.ts";
import { SCRAPED_WINDOWS, type SymbolScrape } from "./symbol-scrape.ts";
import { type SymbolSummary, summarize } from "./symbol-summary.ts";

/** When the alarm looks again after it could not say what is due. */
const RETRY_PLANNING_MS = 60_000;

export class SymbolObject extends DurableObject<Env> {
  /** The symbol's state in memory; `undefined` before its first batch. */
  live: LiveSymbol | undefined;
  readonly background: Background;
  readonly stores: SymbolStores;
  private readonly feedbackStore: FeedbackStore;
  private readonly counters = noCountersYet();
  private readonly mutex = new Mutex();
  private hashes: Readonly<Record<RowName, string>> | undefined;
  /** When the alarm runs, if set since the object was loaded. */
  private alarmAtMs: number | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const pages = new PageStore(ctx.storage);
    this.stores = { slots: new SlotStore(ctx.storage), pages, isArchived: archiveOf(env) !== undefined };
    this.feedbackStore = new FeedbackStore(ctx.storage);
    this.live = loadSymbol(this.stores, this.counters);
    this.background = new Background(env, pages, () => this.live);
    if (this.live !== undefined) ctx.waitUntil(this.reportDamage(this.live));
  }

  /**
   * Applies a batch durably, scores the steps it closes, and answers when both are done. A scoring error loses no tick.
   */
  async ingest(batch: IngestBatch): Promise<BatchAnswer> {
    await this.prepare();
    return await this.runExclusive(async (serving) => {
      const { served } = serving.models;
      const live = (this.live ??= this.create(batch.symbol, served));
      const answer = await processBatch(batch, live, serving, Date.now());
      this.afterBatch(answer, live, served);
      return answer;
    });
  }

  /** The live prediction; `undefined` before the first closed step. */
  async predict(): Promise<Prediction | undefined> {
    await this.prepare();
    if (this.live?.latest?.models !== modelHost.serving) {
      await this.runExclusive(async (serving) => {
        if (this.live !== undefined) await this.refresh(this.live, serving);
      });
    }
    return this.live?.latest?.prediction;
  }

  /** State for `/symbols/:symbol`; `undefined` for a symbol that has no tick yet. */
  async summary(): Promise<SymbolSummary | undefined> {
    await this.prepare();
    // Not during a batch: memory is ahead of the store while its steps are scored.
    return await this.runExclusive(async (serving) => {
      if (this.live === undefined) return undefined;
      await this.refresh(this.live, serving);
      const { scoringErrors, redeliveredTicks } = this.counters;
      const archiveFailures = this.background.archive?.failures ?? 0;
      const { sizeBytes: storageBytes } = this.stores.slots;
      const counts = { storageBytes, scoringErrors, redeliveredTicks, archiveFailures };
      return summarize(this.live.engine, this.live.latest?.prediction, counts);
    });
  }

  /** Whoever is answered a prediction may later send its label. It is answered also when it cannot be kept. */
  private async refresh(live: LiveSymbol, serving: Serving): Promise<void> {
    const answered = await refreshPrediction(live, serving);
    if (answered === undefined) return;
    try {
      this.feedbackStore.keepAnswered(answered);
    } catch (error) {
      this.logFault("answered_prediction_not_kept", error);
    }
  }

  /** Stores external labels and returns one outcome each; `accepted` labels are durable. */
  async feedback(
    labels: readonly { readonly step: number; readonly sha12: string; readonly label: 0 | 1 }[],
  ): Promise<FeedbackOutcome[]> {
    const monitor = await this.monitor();
    if (monitor === undefined) return labels.map(() => "no_prediction");
    this.feedbackStore.expire(monitor.quality.firstStep);
    return labels.map(({ step, sha12, label }) => {
      const found = monitor.quality.lookup(sha12, step);
      if (typeof found !== "string") return this.feedbackStore.add({ step, sha12, label, bin: found.bin });
      const bin = this.feedbackStore.answeredBin(step, sha12);
      return bin === undefined ? found : this.feedbackStore.add({ step, sha12, label, bin });
    });
  }

  /** The quality of its models, with intervals; `undefined` for a symbol that has no tick yet. */
  async quality(windows: readonly WindowName[]): Promise<SymbolQuality | undefined> {
    const prediction = await this.predict();
    const monitor = await this.monitor();
    if (monitor === undefined) return undefined;
    return symbolQuality(monitor, modelHost.serving, windows, {
      stepMs: this.stepMs,
      eventMs: this.eventMs,
      tauBps: prediction?.tauBps ?? null,
      feedback: this.feedbackStore.counts(),
    });
  }

  /** The drift of its rows from the training data; `undefined` likewise. */
  async drift(): Promise<SymbolDrift | undefined> {
    const monitor = await this.monitor();
    return monitor === undefined ? undefined : symbolDrift(monitor);
  }

  /** The status of every alert rule, and what its alert needs to begin or to end; `undefined` likewise. */
  async alertStatuses(): Promise<RuleStatus[] | undefined> {
    const monitor = await this.monitor();
    return monitor === undefined ? undefined : this.background.alertStatuses(modelHost.serving, Date.now());
  }

  /** What an operator has set for its alerts; `undefined` likewise. */
  async alertSettings(): Promise<SymbolAlertSettings | undefined> {
    await this.prepare();
    return this.live === undefined ? undefined : this.background.alertSettings;
  }

  /** Stores such settings before it answers; `undefined` likewise. */
  async setAlertSettings(settings: SymbolAlertSettings): Promise<SymbolAlertSettings | undefined> {
    await this.prepare();
    if (this.live === undefined) return undefined;
    if (this.background.setAlertSettings(settings, Date.now())) this.sendAlerts();
    this.scheduleAlarm();
    return settings;
  }

  /** Its part of `/metrics`; `undefined` likewise. */
  async scrape(): Promise<SymbolScrape | undefined> {
    const summary = await this.summary();
    if (summary === undefined) return undefined;
    const figures = await this.figures(SCRAPED_WINDOWS, false).catch((error: unknown) => {
      this.logFault("metrics_figures_failed", error);
      return undefined;
    });
    return { summary, figures: figures ?? null };
  }

  /** Quality and drift as numbers without intervals, for sums over symbols; `undefined` likewise. */
  async figures(windows: readonly WindowName[], counts: boolean): Promise<SymbolFigures | undefined> {
    const monitor = await this.monitor();
    if (monitor === undefined) return undefined;
    const { monitorErrors } = this.counters;
    return symbolFigures(monitor, modelHost.serving, windows, { eventMs: this.eventMs, monitorErrors, counts });
  }

  /** One model's sums per block of a window, for intervals over several symbols; `undefined` if there are none. */
  async blockRows(window: WindowName, sha256: string): Promise<BlockRows | undefined> {
    return (await this.monitor())?.quality.blockRows(window, sha256);
  }

  /** This symbol's part of the running experiment; `undefined` for a symbol that has no tick yet. */
  async experimentBlocks(): Promise<ExperimentBlocks | undefined> {
    const monitor = await this.monitor();
    return monitor === undefined ? undefined : experimentBlocksOf(monitor, runningExperiment());
  }

  /** Runs due background work. Never throws: Cloudflare would retry the alarm. */
  override async alarm(): Promise<void> {
    this.alarmAtMs = undefined;
    try {
      this.readBack();
      // Ticks are archived whether models can be had or not.
      await this.background.archive?.run(Date.now());
      await this.prepare();
      await this.background.onAlarm(Date.now());
    } catch (error) {
      this.logFault("alarm_failed", error);
    }
    this.scheduleAlarm();
  }

  private create(symbol: string, models: ServedModels): LiveSymbol {
    return createSymbol(symbol, configForNewSymbol(settingsOf(this.env), models), this.stores, this.counters);
  }

  /** A fault here does not fail the batch, which is already durable. */
  private afterBatch({ accepted, released }: BatchAnswer, live: LiveSymbol, models: ServedModels): void {
    try {
      if (live.engine.hasManyUnsavedSteps) live.engine.saveSnapshot(live.evaluation);
    } catch (error) {
      this.logFault("snapshot_failed", error);
      this.reloadOrUnload();
    }
    try {
      if (this.background.afterBatch(accepted + released, models, Date.now())) this.sendAlerts();
    } catch (error) {
      this.logFault("background_failed", error);
    }
    this.scheduleAlarm();
  }

  /** Does not wait; what cannot be sent is tried again by the alarm. */
  private sendAlerts(): void {
    const sending = this.background.alerts?.notify(this.env);
    if (sending !== undefined) {
      this.ctx.waitUntil(sending.catch((error: unknown) => this.logFault("alerts_not_sent", error)));
    }
  }

  /** Sets the alarm to the earliest thing due, unless it runs before that anyway. Never throws. */
  private scheduleAlarm(): void {
    const dueMs = this.nextDueMs(Date.now());
    if (dueMs === undefined || (this.alarmAtMs !== undefined && this.alarmAtMs <= dueMs)) return;
    this.alarmAtMs = dueMs;
    this.ctx.waitUntil(
      this.ctx.storage.setAlarm(dueMs).catch((error: unknown) => {
        // The next batch sets the alarm again.
        this.alarmAtMs = undefined;
        this.logFault("alarm_not_set", error);
      }),
    );
  }

  /** After a fault, a minute later: what is due must not wait for the next batch. */
  private nextDueMs(nowMs: number): number | undefined {
    try {
      return this.background.nextDueMs(nowMs);
    } catch (error) {
      this.logFault("alarm_not_planned", error);
      return nowMs + RETRY_PLANNING_MS;
    }
  }

  private logFault(event: string, error: unknown): void {
    logError(event, { symbol: this.live?.name, error: String(error) });
  }

  /** The monitor, complete; `undefined` for a symbol that has no tick yet. */
  private async monitor(): Promise<SymbolMonitor | undefined> {
    await this.prepare();
    await this.runExclusive(async (serving) => {
      if (this.live !== undefined) await scoreReplayed(this.live, serving);
    });
    return this.live?.evaluation.monitor;
  }

  /** Ensures that `hashes` and `modelHost.serving` are set. */
  private async prepare(): Promise<void> {
    this.readBack();
    this.hashes ??= await schemaHashes((this.live?.engine.features.config ?? settingsOf(this.env).engine).grid);
    await modelsReady(this.env, (work) => this.ctx.waitUntil(work));
  }

  /**
   * Runs work with exclusive access to the symbol, and with models that stay usable until it is done. Reloads the
   * symbol after a failure: memory must not be ahead of the store.
   */
  private runExclusive<T>(work: (serving: Serving) => Promise<T>): Promise<T> {
    return this.mutex.runExclusive(async () => {
      const models = new RetainedModels(modelHost.serving, this.hashes!);
      try {
        return await work({ models, experiment: runningExperiment() });
      } catch (error) {
        this.reload();
        throw error;
      } finally {
        await models.release();
      }
    });
  }

  /** A symbol that a failed `reload` left unloaded exists all the same. */
  private readBack(): void {
    this.live ??= loadSymbol(this.stores, this.counters);
  }

  /** If even this fails, the symbol stays unloaded until the next request. No state is better than a wrong one. */
  private reload(): void {
    this.live = undefined;
    this.readBack();
  }

  /** For what is stored already: a second failure must not refuse it. */
  private reloadOrUnload(): void {
    try {
      this.reload();
    } catch (error) {
      this.logFault("reload_failed", error);
    }
  }

  private get stepMs(): number {
    return this.live!.engine.features.config.grid.stepMs;
  }

  /** Event time of the newest tick. */
  private get eventMs(): number {
    return this.live!.engine.features.watermarkMs;
  }

  /** Sends the registry a notice for operators if data was damaged. */
  private async reportDamage({ name: symbol, engine: { recovery } }: LiveSymbol): Promise<void> {
    const { how, reason, replayedBatches, damagedBatches } = recovery;
    const report = (code: Notice["code"], message: string): Promise<unknown> =>
      registryOf(this.env).addNotice({ atMs: Date.now(), symbol, code, message });
    if (how === "rebuilt") {
      await report("snapshot_rebuilt", `snapshot unreadable (${reason}); ${replayedBatches} batches replayed`);
    }
    if (damagedBatches > 0)
      await report("slots_unreadable", `${damagedBatches} batches could not be read and are lost`);
  }
}

function runningExperiment(): RunningExperiment | null {
  return rememberedRegistryState()?.experiment ?? null;
}
