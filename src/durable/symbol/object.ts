// One symbol: wiring only. life/ has how it begins and ends and who may work on it, reading/ what it answers,
// pipeline.ts processes batches, engine.ts persists the state, evaluation/ monitors the models, alarm-keeper.ts keeps
// the alarm.
import { DurableObject } from "cloudflare:workers";
import { receivedTicks, type SentTicks } from "../../clients/sent-ticks.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { alarmRuns } from "../../counting/isolate-counters.ts";
import type { TickSockets } from "../../frames/tick-sockets.ts";
import type { LabelSpec } from "../../features/label-spec.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import type { GuardGains } from "../../quality/live-quality.ts";
import type { WindowName } from "../../quality/window-quality.ts";
import type { BlockRows } from "../../quality/window-tables.ts";
import type { LearntLine } from "../../recalibration/pooled-prior.ts";
import { runAsRequest, runOutsideRequests } from "../../request-context.ts";
import type { Env } from "../../settings.ts";
import type { EventPage } from "../../stream/stream-event.ts";
import { AlarmKeeper } from "./alarm-keeper.ts";
import type { SymbolAlertSettings } from "./alerts/alert-settings-page.ts";
import type { ArchiveState } from "./archive/archive-ledger.ts";
import type { Background } from "./background.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { SymbolStores } from "./engine.ts";
import type { ExperimentBlocks } from "./evaluation/experiment-blocks-of.ts";
import type { FeedbackOutcome } from "./evaluation/feedback-store.ts";
import type { SymbolDrift } from "./evaluation/symbol-drift.ts";
import type { SymbolFigures } from "./evaluation/symbol-figures.ts";
import type { SymbolQualityPart } from "./evaluation/symbol-quality-part.ts";
import type { SymbolQuality } from "./evaluation/symbol-quality.ts";
import type { SymbolThreshold } from "./evaluation/symbol-threshold.ts";
import { type BackfillOutcome, type BackfillRequest, takeBackfill } from "./evaluation/take-backfill.ts";
import { HeldSymbol } from "./life/held-symbol.ts";
import type { RecreationOutcome, RemovalOutcome } from "./life/removal.ts";
import { reportDamage } from "./life/report-damage.ts";
import { SymbolAccess } from "./life/symbol-access.ts";
import { SymbolLife } from "./life/symbol-life.ts";
import type { WarmOutcome, WarmRequest } from "./life/warm-symbol.ts";
import type { LiveSymbol, Serving } from "./live-symbol.ts";
import { type BatchAnswer, type IngestBatch, processBatches, refusedBatch } from "./pipeline.ts";
import type { Prediction } from "./prediction.ts";
import { QualityReader } from "./reading/quality-reader.ts";
import type { SymbolExplanation } from "./reading/symbol-explanation.ts";
import type { SymbolGlance } from "./reading/symbol-glance.ts";
import { SymbolReader } from "./reading/symbol-reader.ts";
import type { SymbolScrape } from "./reading/symbol-scrape.ts";
import type { SymbolSummary } from "./reading/symbol-summary.ts";
import { symbolSockets } from "./sockets/symbol-sockets.ts";
import { SymbolStream } from "./stream/symbol-stream.ts";
import type { StepsAsked, SymbolSteps } from "./steps/symbol-steps.ts";

/** A batch as it is sent. */
type SentBatch = Omit<IngestBatch, "rows"> & SentTicks;
/**
 * The answer is `undefined` for a symbol that has no tick yet, and `null` for a grid that it lacks. `name` is always
 * that of a grid; by default it is the symbol's own. The readers say more of each method.
 */
type OnGrid<T> = Promise<T | null | undefined>;

export class SymbolObject extends DurableObject<Env> {
  /** What it has in memory. */
  readonly held: HeldSymbol;
  readonly access: SymbolAccess;
  readonly life: SymbolLife;
  readonly reader: SymbolReader;
  readonly qualityReader: QualityReader;
  private readonly queue = new BatchQueue((pull) => runOutsideRequests(() => this.takeTogether(pull)));
  private readonly alarms: AlarmKeeper;
  private readonly sockets: TickSockets;
  private readonly stream: SymbolStream;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const storage = countedStorage(ctx.storage, "symbol");
    this.held = new HeldSymbol(
      storage,
      () => this.env,
      (work) => ctx.waitUntil(work),
    );
    const nextDueMs = (nowMs: number): number | undefined => this.background.nextDueMs(nowMs);
    this.alarms = new AlarmKeeper(storage, nextDueMs, () => this.live?.name);
    this.access = new SymbolAccess(this.held);
    this.reader = new SymbolReader(this.access);
    this.qualityReader = new QualityReader(this.access, this.reader);
    this.life = new SymbolLife(this.access, this.reader, this.alarms);
    this.sockets = symbolSockets(ctx, env, (batches) => this.takeBatches(batches));
    this.stream = new SymbolStream({
      env,
      pages: () => this.stores.pages,
      between: (read) => this.access.betweenBatches(read),
    });
    this.held.whenCleared.push(() => this.sockets.dropAll("symbol_removed"));
    this.held.whenBegunAgain.push(() => this.stream.keep());
    if (this.live === undefined) return;
    ctx.waitUntil(reportDamage(env, this.live));
    ctx.waitUntil(this.alarms.ensure());
  }

  /** The symbol's state in memory; `undefined` before its first batch. */
  get live(): LiveSymbol | undefined {
    return this.held.live;
  }

  get background(): Background {
    return this.held.background;
  }

  get stores(): SymbolStores {
    return this.held.stores;
  }

  /**
   * Applies a batch durably, scores the steps it closes, and answers when both are done. A scoring error loses no tick.
   */
  async ingest(sent: SentBatch): Promise<BatchAnswer> {
    const [answer] = await this.takeBatches([{ ...sent, rows: receivedTicks(sent) }]);
    return answer!;
  }

  /** Opens a socket that brings its ticks, see src/frames: the Worker has checked the request. */
  override fetch(request: Request): Response {
    return this.sockets.accept(request);
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.sockets.take(ws, message);
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.sockets.closed(ws, code);
  }

  override webSocketError(ws: WebSocket): void {
    this.sockets.broken(ws);
  }

  /** @param batches in their order; all of this symbol. */
  private async takeBatches(batches: readonly IngestBatch[]): Promise<readonly BatchAnswer[]> {
    const answers = await this.queue.add(batches);
    await this.life.mark.ensure(batches[0]!.symbol);
    return answers;
  }

  private async takeTogether(pull: () => readonly IngestBatch[]): Promise<readonly BatchAnswer[]> {
    await this.access.prepare();
    return await this.access.runExclusive(async (serving) => {
      const batches = pull();
      const { requestId } = batches[0]!;
      const applying = (): Promise<BatchAnswer[]> => this.applyBatches(batches, serving);
      return await (requestId === undefined ? applying() : runAsRequest({ requestId }, applying));
    });
  }

  private async applyBatches(batches: readonly IngestBatch[], serving: Serving): Promise<BatchAnswer[]> {
    const { held, life } = this;
    const { served } = serving.models;
    const admitted = batches.find((batch) => batch.admitted !== undefined)?.admitted;
    if (held.live === undefined && admitted === undefined) return batches.map(() => refusedBatch("not_created"));
    const live = (held.live ??= await life.create(batches[0]!.symbol, served, admitted!));
    if (live === undefined) return batches.map(() => refusedBatch("champion_unknown"));
    held.addGrids(live);
    const taken = await processBatches(batches, live, serving, Date.now());
    this.afterBatches(taken, live, served);
    return taken;
  }

  /** A hub of the stream listens from now on: see `SymbolStream.listen`. */
  async listen(hub: string, grid: string): Promise<number | null | undefined> {
    return await this.stream.listen(hub, grid);
  }

  /** What a reader of the stream lacks: see `SymbolStream.page`. */
  async streamPage(grid: string, after: number, upTo: number): Promise<EventPage | null | undefined> {
    return await this.stream.page(grid, after, upTo);
  }

  /** Does not wait for the hubs. Never throws. */
  private publish(live: LiveSymbol): void {
    try {
      const publishing = this.stream.publish(live);
      if (publishing !== undefined) this.ctx.waitUntil(publishing);
    } catch (error) {
      this.held.logFault("stream_failed", error);
    }
  }

  /** A fault here does not fail the batches, which are already durable. */
  private afterBatches(answers: readonly BatchAnswer[], live: LiveSymbol, models: ServedModels): void {
    const { held } = this;
    const applied = answers.reduce((sum, { accepted, released }) => sum + accepted + released, 0);
    try {
      if (live.engine.hasManyUnsavedSteps) live.engine.saveSnapshot(live.evaluation);
    } catch (error) {
      held.logFault("snapshot_failed", error);
      held.loadOrUnload(() => held.reload());
    }
    try {
      if (held.background.afterBatch(applied, models, Date.now())) this.sendAlerts();
    } catch (error) {
      held.logFault("background_failed", error);
    }
    this.publish(live);
    held.noteFaults();
    this.ctx.waitUntil(this.alarms.ensure());
  }

  /** Does not wait; what cannot be sent is tried again by the alarm. */
  private sendAlerts(): void {
    const sending = this.background.notify();
    this.ctx.waitUntil(sending.catch((error: unknown) => this.held.logFault("alerts_not_sent", error)));
  }

  /** Runs due background work. Never throws: Cloudflare would retry the alarm. */
  override async alarm(): Promise<void> {
    const { held } = this;
    alarmRuns.inc({ object: "symbol" });
    try {
      held.readBack();
      // Ticks are archived whether models can be had or not.
      await held.background.archive?.run(Date.now());
      await this.access.prepare();
      await held.background.onAlarm(Date.now());
      // What a hub that was away lacks, though no batch comes any more.
      if (this.stream.isRead) await this.access.betweenBatches((live) => this.publish(live));
    } catch (error) {
      held.logFault("alarm_failed", error);
    }
    held.noteFaults();
    await this.alarms.ensure();
  }

  /** Begins the symbol with a history before its first batch. If it is refused, nothing was changed. */
  async warm(request: WarmRequest): Promise<WarmOutcome> {
    return await this.life.warm(request);
  }

  /** Makes the symbol again from its archive. If it is refused, nothing was changed. @param label see `SymbolLife`. */
  async recreate(label: LabelSpec | undefined): Promise<RecreationOutcome> {
    return await this.life.recreate(label);
  }

  /** Removes its database and its alarm. @param archive whether what waits for the archive is archived before. */
  async remove(archive: boolean): Promise<RemovalOutcome> {
    const outcome = await this.life.remove(archive);
    if (outcome.ok) await this.stream.end();
    return outcome;
  }

  /** Whether it has a database: ticks, or a history. */
  async exists(): Promise<boolean> {
    await this.access.prepare();
    return this.live !== undefined;
  }

  /** The live prediction; `undefined` also before the first closed step. */
  async predict(name?: string): OnGrid<Prediction> {
    return await this.reader.predict(name);
  }

  async glance(sinceMs: number, name?: string): OnGrid<SymbolGlance> {
    return await this.reader.glance(sinceMs, name);
  }

  async steps(asked: StepsAsked, name?: string): OnGrid<SymbolSteps> {
    return await this.reader.steps(asked, name);
  }

  async explanation(name?: string): OnGrid<SymbolExplanation> {
    return await this.reader.explanation(name);
  }

  async summary(name?: string): OnGrid<SymbolSummary> {
    return await this.reader.summary(name);
  }

  async quality(windows: readonly WindowName[], name?: string, curves = false): OnGrid<SymbolQuality> {
    return await this.qualityReader.quality(windows, name, curves);
  }

  async drift(name?: string, ratios = false): OnGrid<SymbolDrift> {
    return await this.qualityReader.drift(name, ratios);
  }

  async threshold(name?: string): OnGrid<SymbolThreshold> {
    return await this.qualityReader.threshold(name);
  }

  async scrape(): Promise<SymbolScrape | undefined> {
    return await this.qualityReader.scrape();
  }

  async figures(windows: readonly WindowName[], counts: boolean, name?: string): OnGrid<SymbolFigures> {
    return await this.qualityReader.figures(windows, counts, name);
  }

  async qualityPart(window: WindowName, name?: string): OnGrid<SymbolQualityPart> {
    return await this.qualityReader.qualityPart(window, name);
  }

  async blockRows(window: WindowName, sha256: string, name?: string): Promise<BlockRows | undefined> {
    return await this.qualityReader.blockRows(window, sha256, name);
  }

  async experimentBlocks(name?: string, experimentId?: string): OnGrid<ExperimentBlocks> {
    return await this.qualityReader.experimentBlocks(name, experimentId);
  }

  async learntLines(name?: string): Promise<readonly LearntLine[] | undefined> {
    return await this.qualityReader.learntLines(name);
  }

  async guardGains(name?: string): Promise<readonly GuardGains[] | undefined> {
    return await this.qualityReader.guardGains(name);
  }

  /** Stores external labels and returns one outcome each; `accepted` labels are durable. */
  async feedback(
    labels: readonly { readonly step: number; readonly sha12: string; readonly label: 0 | 1 }[],
  ): Promise<FeedbackOutcome[]> {
    return await this.qualityReader.feedback(labels);
  }

  /** Takes blocks from the archive into the running experiment; durable before the answer. */
  async backfill(request: BackfillRequest, name?: string): OnGrid<BackfillOutcome> {
    await this.access.prepare();
    return await this.access.runExclusive(
      async (serving) => this.live && (await takeBackfill(this.live, serving, name, request)),
    );
  }

  async alertStatuses(): Promise<RuleStatus[] | undefined> {
    return await this.qualityReader.alertStatuses();
  }

  /** What an operator has set for its alerts. */
  async alertSettings(): Promise<SymbolAlertSettings | undefined> {
    await this.access.prepare();
    return this.live === undefined ? undefined : this.background.alertSettings;
  }

  /** Stores such settings before it answers. */
  async setAlertSettings(settings: SymbolAlertSettings): Promise<SymbolAlertSettings | undefined> {
    await this.access.prepare();
    if (this.live === undefined) return undefined;
    if (this.background.setAlertSettings(settings, Date.now())) this.sendAlerts();
    this.ctx.waitUntil(this.alarms.ensure());
    return settings;
  }

  /** How its archive stands; `undefined` also where nothing is archived. */
  async archiveState(): Promise<ArchiveState | undefined> {
    await this.access.prepare();
    const figures = this.live?.engine.archive?.figures;
    if (figures === undefined) return undefined;
    const { lagMs, backlogBytes } = figures;
    return { lagMs, backlogBytes, failures: this.background.archive?.failures ?? 0 };
  }
}
