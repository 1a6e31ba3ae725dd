// One symbol: wiring only. What is done with a batch is in symbol-serving.ts, how it survives in symbol-state.ts, what is
// learned from it in symbol-monitor.ts; this class puts requests into turns and keeps the one alarm.
import { DurableObject } from "cloudflare:workers";
import { modelHost } from "../../model/model-host.ts";
import { archiveOf, type Env, schemaHashes, settingsOf } from "../../settings.ts";
import type { ExperimentBlocks } from "./evaluation/experiment-blocks-of.ts";
import { experimentBlocksOf } from "./evaluation/experiment-blocks-of.ts";
import { type FeedbackOutcome, FeedbackStore } from "./evaluation/feedback-store.ts";
import { modelsReady } from "../../model-refresh.ts";
import { PageStore } from "./storage/page-store.ts";
import type { Prediction } from "./prediction.ts";
import type { Notice } from "../registry/registry-state.ts";
import { registryOf, rememberedRegistryState } from "../../clients/registry.ts";
import { SlotStore } from "./storage/slot-store.ts";
import { type IngestBatch, type IngestResult, type Serving, SymbolServing } from "./symbol-serving.ts";
import type { Recovery } from "./symbol-state.ts";
import type { BlockRows } from "../../quality/window-tables.ts";
import type { WindowName } from "../../quality/window-quality.ts";
import { type SymbolDrift, symbolDrift } from "./evaluation/symbol-drift.ts";
import { SymbolDuties } from "./background.ts";
import { type SymbolFigures, symbolFigures } from "./evaluation/symbol-figures.ts";
import { type SymbolQuality, symbolQuality } from "./evaluation/symbol-quality.ts";
import { SCRAPED_WINDOWS, type SymbolScrape } from "./symbol-scrape.ts";
import { type SymbolSummary, summarize } from "./symbol-summary.ts";
import { Turns } from "./turns.ts";
import { logError } from "../../log.ts";

export class SymbolObject extends DurableObject<Env> {
  private readonly store: SlotStore;
  private readonly feedbackStore: FeedbackStore;
  private readonly turns = new Turns();
  private readonly symbol: SymbolServing;
  private readonly duties: SymbolDuties;
  private hashes: Serving["hashes"] | undefined;
  /** When the alarm rings, as far as this life of the object set it. */
  private alarmAtMs: number | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new SlotStore(ctx.storage);
    this.feedbackStore = new FeedbackStore(ctx.storage);
    const pages = new PageStore(ctx.storage);
    this.symbol = new SymbolServing(this.store, pages, archiveOf(env) !== undefined);
    this.duties = new SymbolDuties(env, pages, this.symbol);
    const { state } = this.symbol;
    if (state !== undefined) ctx.waitUntil(this.reportDamage(state.recovery));
  }

  /** Applies a batch durably, scores what it closed, and answers when both are done. A scoring error loses no tick. */
  async ingest(batch: IngestBatch): Promise<IngestResult> {
    await this.prepare();
    return await this.turns.take(async () => {
      const serving = this.serving();
      const result = await this.symbol.ingest(batch, serving, settingsOf(this.env));
      this.afterBatch(result, serving);
      return result;
    });
  }

  /** The live prediction; `undefined` before the first closed step. */
  async predict(): Promise<Prediction | undefined> {
    await this.prepare();
    if (!this.symbol.isFresh(modelHost.serving)) await this.turns.take(() => this.symbol.refresh(this.serving()));
    return this.symbol.prediction;
  }

  /** State for `/symbols/:symbol`; `undefined` for a symbol that has no tick yet. */
  async summary(): Promise<SymbolSummary | undefined> {
    const prediction = await this.predict();
    const { state, scoringErrors, redeliveredTicks } = this.symbol;
    if (state === undefined) return undefined;
    const archiveFailures = this.duties.archive?.failures ?? 0;
    const { sizeBytes: storageBytes } = this.store;
    return summarize(state, prediction, { storageBytes, scoringErrors, redeliveredTicks, archiveFailures });
  }

  /** Labels from outside, one answer each; those that are `accepted` are durable. */
  async feedback(
    labels: readonly { readonly step: number; readonly sha12: string; readonly label: 0 | 1 }[],
  ): Promise<FeedbackOutcome[]> {
    const monitor = await this.monitor();
    if (monitor === undefined) return labels.map(() => "no_prediction");
    this.feedbackStore.expire(monitor.quality.firstStep);
    return labels.map(({ step, sha12, label }) => {
      const found = monitor.quality.lookup(sha12, step);
      return typeof found === "string" ? found : this.feedbackStore.add({ step, sha12, label, bin: found.bin });
    });
  }

  /** How good its models are, with intervals; `undefined` for a symbol that has no tick yet. */
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

  /** How far its rows lie from the training data; `undefined` likewise. */
  async drift(): Promise<SymbolDrift | undefined> {
    const monitor = await this.monitor();
    return monitor === undefined ? undefined : symbolDrift(monitor);
  }

  /** What `/metrics` shows of it; `undefined` likewise. */
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
    const { monitorErrors } = this.symbol;
    return symbolFigures(monitor, modelHost.serving, windows, { eventMs: this.eventMs, monitorErrors, counts });
  }

  /** One model's sums per block of a window, for intervals over several symbols; `undefined` where there are none. */
  async blockRows(window: WindowName, sha256: string): Promise<BlockRows | undefined> {
    return (await this.monitor())?.quality.blockRows(window, sha256);
  }

  /** This symbol's part of the running experiment; `undefined` for a symbol that has no tick yet. */
  async experimentBlocks(): Promise<ExperimentBlocks | undefined> {
    const monitor = await this.monitor();
    return monitor === undefined ? undefined : experimentBlocksOf(monitor, this.serving());
  }

  /** Rings for what is due, whatever a batch does meanwhile; an exception would only make the platform ring again. */
  override async alarm(): Promise<void> {
    this.alarmAtMs = undefined;
    try {
      // Ticks are archived whether models can be had or not.
      await this.duties.archive?.run(Date.now());
      await this.prepare();
      await this.duties.onAlarm(Date.now());
    } catch (error) {
      this.logFault("alarm_failed", error);
    }
    this.arm();
  }

  /** A fault in here costs no batch: it is durable already. */
  private afterBatch({ accepted }: IngestResult, { models }: Serving): void {
    try {
      const waiting = this.duties.afterBatch(accepted, models, Date.now());
      const { alerts } = this.duties;
      if (waiting && alerts !== undefined) {
        this.ctx.waitUntil(alerts.tell(this.env).catch((error: unknown) => this.logFault("alerts_not_told", error)));
      }
    } catch (error) {
      this.logFault("duties_failed", error);
    }
    this.arm();
  }

  /** Sets the alarm to the earliest thing due, unless it rings before that anyway. */
  private arm(): void {
    const dueMs = this.duties.nextDueMs(Date.now());
    if (dueMs === undefined || (this.alarmAtMs !== undefined && this.alarmAtMs <= dueMs)) return;
    this.alarmAtMs = dueMs;
    this.ctx.waitUntil(
      this.ctx.storage.setAlarm(dueMs).catch((error: unknown) => {
        // The next batch sets it again.
        this.alarmAtMs = undefined;
        this.logFault("alarm_not_set", error);
      }),
    );
  }

  private logFault(event: string, error: unknown): void {
    logError(event, { symbol: this.symbol.symbol, error: String(error) });
  }

  /** The monitor, complete; `undefined` for a symbol that has no tick yet. */
  private async monitor() {
    await this.prepare();
    await this.turns.take(() => this.symbol.recover(this.serving()));
    return this.symbol.monitor;
  }

  /** After this `hashes` and `modelHost.serving` are there. */
  private async prepare(): Promise<void> {
    this.hashes ??= await schemaHashes((this.symbol.state?.engine.config ?? settingsOf(this.env).engine).grid);
    await modelsReady(this.env, (work) => this.ctx.waitUntil(work));
  }

  private get stepMs(): number {
    return this.symbol.state!.engine.config.grid.stepMs;
  }

  /** Event time of the newest tick. */
  private get eventMs(): number {
    return this.symbol.state!.engine.watermarkMs;
  }

  private serving(): Serving {
    return {
      models: modelHost.serving,
      hashes: this.hashes!,
      experiment: rememberedRegistryState()?.experiment ?? null,
    };
  }

  /** Tells the registry what an operator must see. */
  private async reportDamage({ how, reason, replayedBatches, damagedBatches }: Recovery): Promise<void> {
    const symbol = this.symbol.symbol ?? "unknown";
    const tell = (code: Notice["code"], message: string): Promise<unknown> =>
      registryOf(this.env).addNotice({ atMs: Date.now(), symbol, code, message });
    if (how === "rebuilt") {
      await tell("snapshot_rebuilt", `snapshot unreadable (${reason}); ${replayedBatches} batches replayed`);
    }
    if (damagedBatches > 0) await tell("slots_unreadable", `${damagedBatches} batches could not be read and are lost`);
  }
}
