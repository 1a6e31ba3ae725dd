// One symbol: wiring only. pipeline.ts processes batches, engine.ts persists the state, evaluation/ monitors the
// models, alarm-keeper.ts keeps the alarm. This class runs requests one after the other.
import { DurableObject } from "cloudflare:workers";
import { hostFor } from "../../model/grid-hosts.ts";
import { type ModelHost, modelHost, type ServedModels } from "../../model/model-host.ts";
import { isFresh } from "../../model/is-fresh.ts";
import {
  archiveOf,
  type Env,
  alertLimitsOf,
  furtherGridNamesOf,
  learningOf,
  onGrid,
  predictionsOf,
  settingsOf,
} from "../../settings.ts";
import { markCreated } from "../../clients/directory.ts";
import { areCountsDue, sendCounts } from "../../clients/metrics.ts";
import { rememberedRegistryState } from "../../clients/registry.ts";
import { alarmRuns } from "../../counting/isolate-counters.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import type { GridConfig } from "../../features/event-grid.ts";
import { gridName } from "../../features/grid-name.ts";
import { LABEL_OBSERVED_SHARE } from "../../features/label-on-grid.ts";
import type { LabelSpec } from "../../features/label-spec.ts";
import { isReportDue, reportHealth } from "../../health/health-object.ts";
import { logError } from "../../log.ts";
import { modelsReady } from "../../model-refresh.ts";
import { runAsRequest } from "../../request-context.ts";
import type { EventPage } from "../../stream/stream-event.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import type { BlockRows } from "../../quality/window-tables.ts";
import type { WindowName } from "../../quality/window-quality.ts";
import type { LearntLine } from "../../recalibration/pooled-prior.ts";
import type { DirectoryEntry } from "../directory/object.ts";
import { AlarmKeeper } from "./alarm-keeper.ts";
import type { SymbolAlertSettings } from "./alerts/alert-settings-page.ts";
import { Background } from "./background.ts";
import type { ArchiveState } from "./archive/archive-ledger.ts";
import { isLonger } from "./archive/archived-history.ts";
import { beginSymbol, historyOf, historyToBegin, noteDatabaseLost } from "./begin-symbol.ts";
import type { SymbolStores } from "./engine.ts";
import type { GuardGains } from "../../quality/live-quality.ts";
import type { ExperimentBlocks } from "./evaluation/experiment-blocks-of.ts";
import { experimentBlocksOf } from "./evaluation/experiment-blocks-of.ts";
import { type FeedbackOutcome, FeedbackStore } from "./evaluation/feedback-store.ts";
import { takeFeedback } from "./evaluation/take-feedback.ts";
import { type BackfillOutcome, type BackfillRequest, takeBackfill } from "./evaluation/take-backfill.ts";
import { type SymbolDrift, symbolDrift } from "./evaluation/symbol-drift.ts";
import { type SymbolFigures, symbolFigures } from "./evaluation/symbol-figures.ts";
import { type SymbolQualityPart, symbolQualityPart } from "./evaluation/symbol-quality-part.ts";
import { symbolRecalibrations } from "./evaluation/symbol-recalibration.ts";
import { type SymbolQuality, symbolQuality } from "./evaluation/symbol-quality.ts";
import { findGrid, missingGrids } from "./grids/find-grid.ts";
import { addGridHistory, gridsWithoutHistory } from "./grids/grid-history.ts";
import {
  addGrid,
  configForNewSymbol,
  type GridServing,
  type LiveGrid,
  type LiveSymbol,
  loadSymbol,
  type Serving,
  servingOf,
  withHistory,
} from "./live-symbol.ts";
import { Mutex } from "./mutex.ts";
import { noteFaults } from "./note-faults.ts";
import { receivedTicks, type SentTicks } from "../../clients/sent-ticks.ts";
import { type BatchAnswer, type IngestBatch, processBatch, refusedBatch } from "./pipeline.ts";
import type { Prediction, RunningExperiment } from "./prediction.ts";
import type { RecreationOutcome, RemovalOutcome } from "./removal.ts";
import { refreshPrediction, scoreReplayed } from "./refresh-prediction.ts";
import { RetainedModels } from "./retained-models.ts";
import { sendNotice } from "./send-notice.ts";
import { PageStore } from "./storage/page-store.ts";
import { SlotStore } from "./storage/slot-store.ts";
import { noCountersYet } from "./symbol-counters.ts";
import { type GridScrape, SCRAPED_WINDOWS, type SymbolScrape } from "./symbol-scrape.ts";
import { SymbolStream } from "./stream/symbol-stream.ts";
import { type SymbolExplanation, symbolExplanation } from "./symbol-explanation.ts";
import { type SymbolGlance, symbolGlance } from "./symbol-glance.ts";
import { type StepsAsked, type SymbolSteps, symbolSteps } from "./steps/symbol-steps.ts";
import { type SymbolSummary, summarize } from "./symbol-summary.ts";
import { type SymbolThreshold, symbolThreshold, thresholdFigures } from "./evaluation/symbol-threshold.ts";
import { symbolAfterTicks, type WarmOutcome, warmOutcome, type WarmRefusal, type WarmRequest } from "./warm-symbol.ts";

/** Where it is kept that the directory knows of the database. */
const DIRECTORY_PAGES = "directory";
/** Pause after an archive that could not be read, before it is asked for a history again. */
const HISTORY_RETRY_MS = 30_000;
/** Pause after a directory that could not be told. */
const MARK_RETRY_MS = 60_000;

export class SymbolObject extends DurableObject<Env> {
  /** The symbol's state in memory; `undefined` before its first batch. */
  live: LiveSymbol | undefined;
  background: Background;
  stores: SymbolStores;
  private readonly storage: DurableObjectStorage;
  /** By the name of the grid, that of the symbol's own under "". */
  private readonly feedbackStores = new Map<string, FeedbackStore>();
  private readonly counters = noCountersYet();
  private readonly mutex = new Mutex();
  private readonly alarms: AlarmKeeper;
  private readonly stream: SymbolStream;
  /** When the archive was asked for a history in vain, wall-clock ms. */
  private historyFailedMs = -Infinity;
  /** Whether the directory knows that this symbol has a database, or is being told. */
  private isMarked = false;
  /** When the directory was told in vain, wall-clock ms. */
  private markFailedMs = -Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.storage = countedStorage(ctx.storage, "symbol");
    this.stores = openStores(this.storage, env);
    this.loadOrUnload(() => this.readBack());
    this.background = this.newBackground();
    this.stream = new SymbolStream({
      env,
      pages: () => this.stores.pages,
      between: async (read) => await this.betweenBatches(read),
    });
    const nextDueMs = (nowMs: number): number | undefined => this.background.nextDueMs(nowMs);
    this.alarms = new AlarmKeeper(this.storage, nextDueMs, () => this.live?.name);
    if (this.live === undefined) return;
    ctx.waitUntil(this.reportDamage(this.live));
    ctx.waitUntil(this.alarms.ensure());
  }

  /**
   * Applies a batch durably, scores the steps it closes, and answers when both are done. A scoring error loses no tick.
   */
  async ingest(sent: Omit<IngestBatch, "rows"> & SentTicks): Promise<BatchAnswer> {
    const { requestId } = sent;
    return await (requestId === undefined
      ? this.takeBatch(sent)
      : runAsRequest({ requestId }, () => this.takeBatch(sent)));
  }

  private async takeBatch(sent: Omit<IngestBatch, "rows"> & SentTicks): Promise<BatchAnswer> {
    const batch: IngestBatch = { ...sent, rows: receivedTicks(sent) };
    await this.prepare();
    const answer = await this.runExclusive(async (serving) => {
      const { served } = serving.models;
      if (this.live === undefined && batch.admitted === undefined) return refusedBatch("not_created");
      const live = (this.live ??= await this.create(batch.symbol, served, batch.admitted!));
      if (live === undefined) return refusedBatch("champion_unknown");
      this.addGrids(live);
      const taken = await processBatch(batch, live, serving, Date.now());
      this.afterBatch(taken, live, served);
      return taken;
    });
    await this.markCreated(batch.symbol);
    return answer;
  }

  /**
   * The live prediction; `undefined` before the first closed step, and `null` for a grid that the symbol does not have.
   * @param name of the grid; by default the symbol's own.
   */
  async predict(name?: string): Promise<Prediction | null | undefined> {
    await this.prepare();
    if (!this.isPredicted(name)) {
      await this.runExclusive(async (serving) => {
        const grid = this.live && findGrid(this.live, name);
        if (grid !== undefined) await this.refresh(this.live!, serving, grid);
      });
      this.noteFaults();
    }
    if (this.live === undefined) return undefined;
    const grid = findGrid(this.live, name);
    return grid === undefined ? null : grid.latest?.prediction;
  }

  /**
   * What a list of symbols shows of it. Waits for a batch only where there is no prediction by the models that serve.
   * @param sinceMs end of the newest step that the caller has; `undefined` as in `predict`, and `null` likewise.
   */
  async glance(sinceMs: number, name?: string): Promise<SymbolGlance | null | undefined> {
    const prediction = await this.predict(name);
    if (this.live === undefined || prediction === null) return prediction === null ? null : undefined;
    const grid = findGrid(this.live, name);
    if (grid === undefined) return null;
    const { alerts } = this.background;
    const [firing, isSilent] = [alerts?.firing ?? 0, alerts?.isFiring("feed_silent") ?? false];
    const { storedMs: watermarkMs } = this.live.engine;
    return symbolGlance(grid, { watermarkMs, firing, isSilent, sinceMs, nowMs: Date.now() });
  }

  /** Its closed steps in buckets; `undefined` for a symbol that has no tick yet, `null` for a grid that it lacks. */
  async steps(asked: StepsAsked, name?: string): Promise<SymbolSteps | null | undefined> {
    await this.prepare();
    // Not during a batch: the log is ahead of the store while its steps are scored.
    return await this.runExclusive(async (serving) => {
      if (this.live === undefined) return undefined;
      await scoreReplayed(this.live, serving);
      const grid = findGrid(this.live, name);
      return grid === undefined ? null : symbolSteps(grid, asked);
    });
  }

  /** A hub of the stream listens from now on: see `SymbolStream.listen`. */
  async listen(hub: string, grid: string): Promise<number | null | undefined> {
    return await this.stream.listen(hub, grid);
  }

  /** What a reader of the stream lacks: see `SymbolStream.page`. */
  async streamPage(grid: string, after: number, upTo: number): Promise<EventPage | null | undefined> {
    return await this.stream.page(grid, after, upTo);
  }

  /** Reads while no batch is at work, with all steps scored; `undefined` for a symbol that has no tick yet. */
  private async betweenBatches<T>(read: (live: LiveSymbol) => T): Promise<T | undefined> {
    await this.prepare();
    return await this.runExclusive(async (serving) => {
      if (this.live === undefined) return undefined;
      await scoreReplayed(this.live, serving);
      return read(this.live);
    });
  }

  /** Does not wait for the hubs. Never throws. */
  private publish(live: LiveSymbol): void {
    try {
      const publishing = this.stream.publish(live);
      if (publishing !== undefined) this.ctx.waitUntil(publishing);
    } catch (error) {
      this.logFault("stream_failed", error);
    }
  }

  /** What its live prediction rests on; `undefined` and `null` likewise. */
  async explanation(name?: string): Promise<SymbolExplanation | null | undefined> {
    await this.prepare();
    return await this.runExclusive(async (serving) => {
      if (this.live === undefined) return undefined;
      const grid = findGrid(this.live, name);
      if (grid === undefined) return null;
      await this.refresh(this.live, serving, grid);
      return await symbolExplanation(grid, servingOf(serving, grid));
    });
  }

  /** Whether the grid's last prediction is by the models that serve now. */
  private isPredicted(name: string | undefined): boolean {
    const grid = this.live && findGrid(this.live, name);
    return grid !== undefined && grid.latest?.models === this.hostOf(grid.engine.features.config.grid).serving;
  }

  /**
   * State for `/symbols/:symbol`; `undefined` for a symbol that has no tick yet, `null` for a grid that it lacks.
   * @param name of the grid, also below; by default the symbol's own.
   */
  async summary(name?: string): Promise<SymbolSummary | null | undefined> {
    await this.prepare();
    // Not during a batch: memory is ahead of the store while its steps are scored.
    return await this.runExclusive(async (serving) => {
      if (this.live === undefined) return undefined;
      const grid = findGrid(this.live, name);
      if (grid === undefined) return null;
      await this.refresh(this.live, serving, grid);
      const { scoringErrors, redeliveredTicks, receiptTimedTicks } = this.counters;
      const archiveFailures = this.background.archive?.failures ?? 0;
      const { sizeBytes: storageBytes } = this.stores.slots;
      const counts = { storageBytes, scoringErrors, redeliveredTicks, receiptTimedTicks, archiveFailures };
      return summarize(grid.engine, grid.latest?.prediction, counts, Date.now());
    });
  }

  /** Whoever is answered a prediction may later send its label. It is answered also when it cannot be kept. */
  private async refresh(live: LiveSymbol, serving: Serving, grid: LiveGrid): Promise<void> {
    const answered = await refreshPrediction(live, serving, grid);
    if (answered === undefined) return;
    try {
      this.feedbackStoreOf(grid).keepAnswered(answered);
    } catch (error) {
      this.logFault("answered_prediction_not_kept", error);
    }
  }

  /** Stores external labels and returns one outcome each; `accepted` labels are durable. */
  async feedback(
    labels: readonly { readonly step: number; readonly sha12: string; readonly label: 0 | 1 }[],
  ): Promise<FeedbackOutcome[]> {
    const live = await this.monitored();
    if (live === undefined || live === null) return labels.map(() => "no_prediction");
    const grids = [live, ...this.live!.grids.values()].map((grid) => {
      return { quality: grid.evaluation.monitor.quality, store: this.feedbackStoreOf(grid) };
    });
    for (const { quality, store } of grids) store.expire(quality.firstStep);
    return labels.map((label) => takeFeedback(grids, label));
  }

  private feedbackStoreOf(grid: LiveGrid): FeedbackStore {
    const name = grid === this.live ? "" : gridName(grid.engine.features.config.grid);
    const known = this.feedbackStores.get(name);
    if (known !== undefined) return known;
    const store = new FeedbackStore(this.storage, name === "" ? undefined : name);
    this.feedbackStores.set(name, store);
    return store;
  }

  /**
   * The quality of its models, with intervals; `undefined` for a symbol that has no tick yet.
   * @param curves whether each model's curves are wanted.
   */
  async quality(
    windows: readonly WindowName[],
    name?: string,
    curves = false,
  ): Promise<SymbolQuality | null | undefined> {
    await this.predict(name);
    const grid = await this.monitored(name);
    if (grid === undefined || grid === null) return grid;
    const { config, observedShare, watermarkMs } = grid.engine.features;
    const models = this.hostOf(config.grid).serving;
    return symbolQuality(grid.evaluation.monitor, models, windows, {
      stepMs: config.grid.stepMs,
      labelStepMs: observedShare.smallestStepMs(LABEL_OBSERVED_SHARE) ?? null,
      eventMs: watermarkMs,
      tauBps: grid.latest?.prediction.tauBps ?? null,
      volatility: grid.evaluation.sigmaFigures(windows),
      feedback: this.feedbackStoreOf(grid).counts(),
      recalibrations: symbolRecalibrations(grid.evaluation.learners, models),
      curves,
    });
  }

  /** The drift of its rows from the training data; `undefined` likewise. @param ratios see `symbolDrift`. */
  async drift(name?: string, ratios = false): Promise<SymbolDrift | null | undefined> {
    const grid = await this.monitored(name);
    return grid && symbolDrift(grid.evaluation.monitor, ratios);
  }

  /** From which probability its models alert, and what that reached; `undefined` likewise. */
  async threshold(name?: string): Promise<SymbolThreshold | null | undefined> {
    await this.predict(name);
    const grid = await this.monitored(name);
    return grid && symbolThreshold(grid, this.hostOf(grid.engine.features.config.grid).serving);
  }

  /** The status of every alert rule, and what its alert needs to begin or to end; `undefined` likewise. */
  async alertStatuses(): Promise<RuleStatus[] | undefined> {
    const live = await this.monitored();
    return live === undefined ? undefined : this.background.alertStatuses(this.serving, Date.now());
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
    this.ctx.waitUntil(this.alarms.ensure());
    return settings;
  }

  /** Its part of `/metrics`; `undefined` likewise. */
  async scrape(): Promise<SymbolScrape | undefined> {
    const own = await this.scrapeOf(undefined);
    if (own === undefined || this.live === undefined) return undefined;
    const grids: GridScrape[] = [];
    for (const grid of this.live.grids.keys()) {
      const scrape = await this.scrapeOf(grid);
      if (scrape !== undefined) grids.push({ grid, ...scrape });
    }
    return grids.length === 0 ? own : { ...own, grids };
  }

  private async scrapeOf(grid: string | undefined): Promise<Omit<SymbolScrape, "grids"> | undefined> {
    const summary = await this.summary(grid);
    if (summary === undefined || summary === null) return undefined;
    const figures = await this.figures(SCRAPED_WINDOWS, false, grid).catch((error: unknown) => {
      this.logFault("metrics_figures_failed", error);
      return undefined;
    });
    return { summary, figures: figures ?? null };
  }

  /** Quality and drift as numbers without intervals, for sums over symbols; `undefined` likewise. */
  async figures(
    windows: readonly WindowName[],
    counts: boolean,
    name?: string,
  ): Promise<SymbolFigures | null | undefined> {
    const grid = await this.monitored(name);
    if (grid === undefined || grid === null) return grid;
    const { monitorErrors } = this.counters;
    const { config, watermarkMs: eventMs } = grid.engine.features;
    const host = this.hostOf(config.grid);
    const hasOwnModels = name === undefined && host !== modelHost;
    const volatility = grid.evaluation.sigmaFigures(windows);
    const thresholds = thresholdFigures(grid, host.serving);
    const { learners } = grid.evaluation;
    const context = { eventMs, monitorErrors, learners, hasOwnModels, counts, volatility, thresholds };
    return symbolFigures(grid.evaluation.monitor, host.serving, windows, context);
  }

  /** How its archive stands; `undefined` for a symbol that has no tick yet, and where nothing is archived. */
  async archiveState(): Promise<ArchiveState | undefined> {
    await this.prepare();
    const figures = this.live?.engine.archive?.figures;
    if (figures === undefined) return undefined;
    const { lagMs, backlogBytes } = figures;
    return { lagMs, backlogBytes, failures: this.background.archive?.failures ?? 0 };
  }

  /** Its part of a window over all symbols; `undefined` for a symbol that has no tick yet. */
  async qualityPart(window: WindowName, name?: string): Promise<SymbolQualityPart | null | undefined> {
    const grid = await this.monitored(name);
    if (grid === undefined || grid === null) return grid;
    const { config, watermarkMs: eventMs } = grid.engine.features;
    const host = this.hostOf(config.grid);
    const context = { eventMs, hasOwnModels: name === undefined && host !== modelHost };
    return symbolQualityPart(grid.evaluation.monitor, host.serving, window, context);
  }

  /** One model's sums per block of a window, for intervals over several symbols; `undefined` if there are none. */
  async blockRows(window: WindowName, sha256: string, name?: string): Promise<BlockRows | undefined> {
    return (await this.monitored(name))?.evaluation.monitor.quality.blockRows(window, sha256);
  }

  /**
   * This symbol's part of the running experiment; `undefined` for a symbol that has no tick yet.
   * @param experimentId whose blocks from the archive are wanted; a caller of an older version wants none.
   */
  async experimentBlocks(name?: string, experimentId?: string): Promise<ExperimentBlocks | null | undefined> {
    const grid = await this.monitored(name);
    const running = runningExperiment(onGrid(this.env, name) ?? this.env);
    return grid && experimentBlocksOf(grid.evaluation.monitor, experimentId, running);
  }

  /** Takes blocks from the archive into the running experiment; durable before the answer. */
  async backfill(request: BackfillRequest, name?: string): Promise<BackfillOutcome | null | undefined> {
    await this.prepare();
    return await this.runExclusive(
      async (serving) => this.live && (await takeBackfill(this.live, serving, name, request)),
    );
  }

  /** What recalibrates its models; `undefined` for a symbol that has no tick yet. */
  async learntLines(name?: string): Promise<readonly LearntLine[] | undefined> {
    return (await this.monitored(name))?.evaluation.learners.of("recalibration").lines;
  }

  /** How the champion's guards do; `undefined` for a symbol that has no tick yet. */
  async guardGains(name?: string): Promise<readonly GuardGains[] | undefined> {
    return (await this.monitored(name))?.evaluation.monitor.quality.guardGains();
  }

  /**
   * Removes the symbol's database and its alarm. Ticks that wait for the archive are archived before if `archive` is
   * set. `existed` is false for a symbol that had no tick.
   */
  async remove(archive: boolean): Promise<RemovalOutcome> {
    return await this.mutex.runExclusive(async () => {
      const existed = this.stores.slots.loadIdentity() !== undefined;
      this.loadOrUnload(() => this.readBack());
      const isUnreadable = existed && this.live === undefined;
      if (archive && (isUnreadable || !(await this.finishArchive()) || !(await this.writeLast()))) {
        return { ok: false, code: "archive_unavailable" };
      }
      await this.background.archive?.settled();
      await this.clear();
      await this.stream.end();
      return { ok: true, existed };
    });
  }

  /**
   * Makes the symbol again under the deployment's present configuration and from its archive, to which all that waits
   * is written before. If it is refused, nothing was changed.
   * @param label instead of the label that a new symbol would have.
   */
  async recreate(label: LabelSpec | undefined): Promise<RecreationOutcome> {
    await this.prepare();
    const outcome = await this.runExclusive(() => this.beginAgain(label));
    if (outcome.ok && this.live !== undefined) await this.refreshBegun(this.live);
    return outcome;
  }

  private async beginAgain(label: LabelSpec | undefined): Promise<RecreationOutcome> {
    const { live } = this;
    if (live === undefined) return { ok: false, code: "unknown_symbol" };
    if (archiveOf(this.env) === undefined) return { ok: false, code: "no_archive" };
    const settings = settingsOf(this.env);
    const wanted =
      label === undefined ? configForNewSymbol(settings, modelHost.serving) : { ...settings.engine, label };
    if (wanted === undefined) return { ok: false, code: "champion_unknown" };
    if (!(await this.finishArchive())) return { ok: false, code: "archive_unavailable" };
    const history = await historyOf(this.env, live.name, wanted);
    // Last of all that can be refused: a symbol that goes on still awaits these labels.
    if (!(await this.writeLast())) return { ok: false, code: "archive_unavailable" };
    const { alertSettings } = this.background;
    await this.clear();
    this.background.setAlertSettings(alertSettings, Date.now());
    this.live = beginSymbol(live.name, wanted, history, this.stores, this.counters);
    this.addGrids(this.live);
    this.stream.keep();
    const { features } = this.live.engine;
    const before = live.engine.features.config.label;
    const { stepMs } = features.config.grid;
    const thresholdValues = features.thresholdCount(0);
    return { ok: true, before, label: wanted.label, stepMs, ticks: history?.ticks ?? 0, thresholdValues };
  }

  /**
   * Begins the symbol with a history before its first batch, see warm-symbol.ts; batches that come meanwhile wait. If
   * it is refused, nothing was changed.
   */
  async warm(request: WarmRequest): Promise<WarmOutcome> {
    await this.prepare();
    const refused = await this.runExclusive((serving) => this.beginWarm(request, serving.models.served));
    if (refused !== undefined) return { ok: false, code: refused };
    const { live } = this;
    if (live === undefined) throw new Error("it was removed while it was warmed");
    await this.refreshBegun(live);
    await this.markCreated(request.symbol);
    return warmOutcome(live);
  }

  /** Whether it has a database: ticks, or a history. */
  async exists(): Promise<boolean> {
    await this.prepare();
    return this.live !== undefined;
  }

  private async beginWarm(request: WarmRequest, models: ServedModels): Promise<WarmRefusal | undefined> {
    const { symbol, history, admitted } = request;
    if (this.live !== undefined) return "already_live";
    const config = configForNewSymbol(settingsOf(this.env), models);
    if (config === undefined) return "champion_unknown";
    if (history === "archive") {
      const archived = await historyOf(this.env, symbol, config).catch((error: unknown) => {
        this.logFault("archive_not_read", error);
        return "failed" as const;
      });
      if (archived === "failed") return "archive_unavailable";
      if (archived === undefined) return "no_archive";
      this.live = beginSymbol(symbol, config, archived, this.stores, this.counters);
    } else {
      this.live = symbolAfterTicks(symbol, config, history, this.stores, this.counters);
      if (this.live === undefined) return "no_history";
    }
    if (admitted.isCreated) await noteDatabaseLost(this.env, symbol, "it was warmed anew");
    return undefined;
  }

  /** Scores the last step of a symbol that was just begun: the next request or batch does it where this fails. */
  private async refreshBegun(live: LiveSymbol): Promise<void> {
    try {
      await this.runExclusive(async (serving) => {
        if (this.live === live) await this.refresh(live, serving, live);
      });
    } catch (error) {
      this.logFault("begun_symbol_not_scored", error);
    }
    this.ctx.waitUntil(this.alarms.ensure());
  }

  /** Runs due background work. Never throws: Cloudflare would retry the alarm. */
  override async alarm(): Promise<void> {
    alarmRuns.inc({ object: "symbol" });
    try {
      this.readBack();
      // Ticks are archived whether models can be had or not.
      await this.background.archive?.run(Date.now());
      await this.prepare();
      await this.background.onAlarm(Date.now());
      // What a hub that was away lacks, though no batch comes any more.
      if (this.stream.isRead) await this.betweenBatches((live) => this.publish(live));
    } catch (error) {
      this.logFault("alarm_failed", error);
    }
    this.noteFaults();
    await this.alarms.ensure();
  }

  private async create(symbol: string, models: ServedModels, entry: DirectoryEntry): Promise<LiveSymbol | undefined> {
    const config = configForNewSymbol(settingsOf(this.env), models);
    if (config === undefined) return undefined;
    const history = await historyToBegin(this.env, symbol, config, entry);
    return beginSymbol(symbol, config, history, this.stores, this.counters);
  }

  /** Adds the wanted grids that the symbol lacks. Those whose champion is not known yet are left to a later request. */
  private addGrids(live: LiveSymbol): void {
    for (const setting of missingGrids(live, settingsOf(this.env).furtherGrids)) {
      const config = configForNewSymbol(setting, this.hostOf(setting.engine.grid).serving);
      if (config !== undefined) addGrid(live, setting.name, config, this.stores);
    }
  }

  /** Archives all that waits, but for predictions that await a label. Returns whether nothing waits any more. */
  private async finishArchive(): Promise<boolean> {
    return (await this.background.archive?.flush()) ?? true;
  }

  /** Archives the predictions that await a label, without one: directly before `clear`. Returns whether it could. */
  private async writeLast(): Promise<boolean> {
    return (await this.background.archive?.writeLast()) ?? true;
  }

  /** Forgets everything, in storage and in memory. */
  private async clear(): Promise<void> {
    const { storage } = this;
    await storage.deleteAlarm();
    await storage.deleteAll();
    this.live = undefined;
    this.isMarked = false;
    this.stores = openStores(storage, this.env);
    this.feedbackStores.clear();
    this.background = this.newBackground();
    Object.assign(this.counters, noCountersYet());
  }

  private newBackground(): Background {
    return new Background(this.env, this.stores.pages, () => this.live);
  }

  /** Whether the state was rebuilt from slots that do not reach back far enough, and the archive may be asked now. */
  private get asksForHistory(): boolean {
    const { live } = this;
    if (live === undefined || archiveOf(this.env) === undefined) return false;
    if (!live.engine.lacksHistory && gridsWithoutHistory(live).length === 0) return false;
    return !isFresh(this.historyFailedMs, HISTORY_RETRY_MS, Date.now());
  }

  /** Again after a pause until the archive has answered. Never throws. */
  private async addHistory(): Promise<void> {
    const { live } = this;
    if (live === undefined || !this.asksForHistory) return;
    try {
      const { features, archivedSeq, lacksHistory } = live.engine;
      const history = lacksHistory ? await historyOf(this.env, live.name, features.config, archivedSeq) : undefined;
      if (history === undefined || !isLonger(history, features)) live.engine.lacksHistory = false;
      else this.live = withHistory(live, history, this.stores);
      for (const grid of gridsWithoutHistory(this.live!)) {
        const isFilled = await addGridHistory(this.env, this.live!, grid, this.stores.slots);
        // At once: slots do not have it, and steps replayed without it would get other scores than were answered.
        // Where replayed steps of the symbol's own grid wait for scores, these are followed by a snapshot.
        if (isFilled && this.live!.isRecovered) this.live!.engine.saveSnapshot(this.live!.evaluation);
      }
    } catch (error) {
      this.historyFailedMs = Date.now();
      this.logFault("archive_not_read", error);
    }
  }

  /** A fault here does not fail the batch, which is already durable. */
  private afterBatch({ accepted, released }: BatchAnswer, live: LiveSymbol, models: ServedModels): void {
    try {
      if (live.engine.hasManyUnsavedSteps) live.engine.saveSnapshot(live.evaluation);
    } catch (error) {
      this.logFault("snapshot_failed", error);
      this.loadOrUnload(() => this.reload());
    }
    try {
      if (this.background.afterBatch(accepted + released, models, Date.now())) this.sendAlerts();
    } catch (error) {
      this.logFault("background_failed", error);
    }
    this.publish(live);
    this.noteFaults();
    this.ctx.waitUntil(this.alarms.ensure());
  }

  /** Records in the directory, once, that there is a database. Tried again after a pause. Never throws. */
  private async markCreated(symbol: string): Promise<void> {
    if (this.isMarked || this.live === undefined || isFresh(this.markFailedMs, MARK_RETRY_MS, Date.now())) return;
    this.isMarked = true;
    const { stores } = this;
    try {
      if (stores.pages.load(DIRECTORY_PAGES).size > 0) return;
      await markCreated(this.env, symbol);
      // Not if it was removed meanwhile.
      if (this.stores === stores) stores.pages.save(DIRECTORY_PAGES, [{ id: "created", bytes: new ArrayBuffer(1) }]);
    } catch (error) {
      this.isMarked = false;
      this.markFailedMs = Date.now();
      this.logFault("directory_not_marked", error);
    }
  }

  /** Never throws. */
  private noteFaults(): void {
    try {
      if (this.live !== undefined) noteFaults(this.live, this.background.archive);
      if (isReportDue(Date.now())) this.ctx.waitUntil(reportHealth(this.env));
      if (areCountsDue("object", Date.now())) this.ctx.waitUntil(sendCounts(this.env, "object"));
    } catch (error) {
      this.logFault("faults_not_noted", error);
    }
  }

  /** Does not wait; what cannot be sent is tried again by the alarm. */
  private sendAlerts(): void {
    const sending = this.background.alerts?.notify(this.env);
    if (sending !== undefined) {
      this.ctx.waitUntil(sending.catch((error: unknown) => this.logFault("alerts_not_sent", error)));
    }
  }

  private logFault(event: string, error: unknown): void {
    logError(event, { symbol: this.live?.name, error: String(error) });
  }

  /** The grid, its monitor complete; `undefined` for a symbol that has no tick yet, `null` for a grid that it lacks. */
  private async monitored(name?: string): Promise<LiveGrid | null | undefined> {
    await this.prepare();
    await this.runExclusive(async (serving) => {
      if (this.live !== undefined) await scoreReplayed(this.live, serving);
    });
    return this.live && (findGrid(this.live, name) ?? null);
  }

  /** Ensures that the symbol is loaded where it exists, and the models of its grid. */
  private async prepare(): Promise<void> {
    this.readBack();
    await this.prepareModels();
    if (this.asksForHistory) await this.mutex.runExclusive(() => this.addHistory());
  }

  /** Ensures that `serving` is set. */
  private async prepareModels(): Promise<void> {
    await modelsReady(this.env, (work) => this.ctx.waitUntil(work), this.allGrids);
  }

  /**
   * Runs work with exclusive access to the symbol, and with models that stay usable until it is done. Reloads the
   * symbol after a failure: memory must not be ahead of the store.
   */
  private runExclusive<T>(work: (serving: Serving) => Promise<T>): Promise<T> {
    return this.mutex.runExclusive(async () => {
      // The work before may have made the symbol anew on another grid.
      if (this.allGrids.some((grid) => this.hostOf(grid).current === undefined)) await this.prepareModels();
      const serving = this.retainModels();
      try {
        if (this.live !== undefined) this.addGrids(this.live);
        return await work(serving);
      } catch (error) {
        this.reload();
        throw error;
      } finally {
        for (const { models } of [serving, ...serving.further.values()]) await models.release();
      }
    });
  }

  /** Without an `await`: see `RetainedModels`. */
  private retainModels(): Serving & { readonly further: ReadonlyMap<string, GridServing> } {
    const [own, ...further] = this.allGrids.map((grid): [string, GridServing] => {
      const name = gridName(grid);
      const env = onGrid(this.env, name) ?? this.env;
      const priors = rememberedRegistryState(env)?.priors.models ?? {};
      const models = new RetainedModels(this.hostOf(grid).serving);
      return [name, { models, experiment: runningExperiment(env), priors }];
    });
    return { ...own![1], further: new Map(further) };
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

  /** For a failure that must not refuse what is asked. @param load `readBack` or `reload`. */
  private loadOrUnload(load: () => void): void {
    try {
      load();
    } catch (error) {
      this.logFault("reload_failed", error);
    }
  }

  /** The symbol's grid; before its first batch that of the gateway, which it will get. */
  private get grid(): GridConfig {
    return (this.live?.engine.features.config ?? settingsOf(this.env).engine).grid;
  }

  /** Its own grid and the further ones of the gateway. */
  private get allGrids(): readonly GridConfig[] {
    return [this.grid, ...settingsOf(this.env).furtherGrids.map(({ engine }) => engine.grid)];
  }

  private get host(): ModelHost {
    return this.hostOf(this.grid);
  }

  private hostOf(grid: GridConfig): ModelHost {
    return hostFor(grid, settingsOf(this.env));
  }

  /** The models of the symbol's grid, see `ModelHost.serving`. */
  private get serving(): ServedModels {
    return this.host.serving;
  }

  /** Sends the registry a notice for operators if data was damaged. */
  private async reportDamage({ name: symbol, engine: { recovery }, grids }: LiveSymbol): Promise<void> {
    const { how, reason, replayedBatches, damagedBatches } = recovery;
    if (how === "rebuilt") {
      const message = `snapshot unreadable (${reason}); ${replayedBatches} batches replayed`;
      await sendNotice(this.env, symbol, "snapshot_rebuilt", message);
    }
    if (damagedBatches > 0) {
      const message = `${damagedBatches} batches could not be read and are lost`;
      await sendNotice(this.env, symbol, "slots_unreadable", message);
    }
    for (const [grid, { engine }] of grids) {
      if (!engine.wasDamaged) continue;
      const message = `the state of the grid ${grid} was unreadable (${engine.recovery.reason}); it was rebuilt`;
      await sendNotice(this.env, symbol, "snapshot_rebuilt", message);
    }
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

function runningExperiment(env: Env): RunningExperiment | null {
  return rememberedRegistryState(env)?.experiment ?? null;
}
