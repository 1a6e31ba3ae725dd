// A symbol's background work, run by its alarm and after batches: archives ticks, evaluates alert rules and sends
// notifications. A fault here must not fail a batch or the alarm.
import type { ServedModels } from "../../model/model-host.ts";
import { isFresh } from "../../model/is-fresh.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import { archiveOf, type Env, settingsOf } from "../../settings.ts";
import { alertFactsOf, driftFactOf, keptAlertFactsOf } from "./alerts/alert-facts-of.ts";
import {
  isMuted,
  loadAlertSettings,
  openSinceMs,
  saveAlertSettings,
  type SymbolAlertSettings,
} from "./alerts/alert-settings-page.ts";
import { LiveFeed } from "./alerts/live-feed.ts";
import { recalibrationNotices } from "./alerts/recalibration-notices.ts";
import { SymbolAlerts } from "./alerts/symbol-alerts.ts";
import { TickArchive } from "./archive/tick-archive.ts";
import type { LiveGrid, LiveSymbol } from "./live-symbol.ts";
import { sendNotice } from "./send-notice.ts";
import { SpikeSender } from "./spikes/spike-sender.ts";
import type { PageStore } from "./storage/page-store.ts";

/** Missing scores are judged this often by the wall clock: it costs nothing. */
const ERRORS_EVERY_MS = 60_000;
/** Quality rules run once per this much event time; drift rules run whenever a window closes. */
const JUDGE_EVERY_MS = 900_000;
/** And at most this often by the wall clock: a fast replay passes a quarter of an hour every few batches. */
const JUDGE_LEAST_MS = 2_000;
/** Wall-clock interval at which a live feed is checked for silence and a failed notification is retried. */
const LOOK_EVERY_MS = 60_000;

export class Background {
  private readonly env: Env;
  private readonly pages: PageStore;
  private readonly liveSymbol: () => LiveSymbol | undefined;
  /** `undefined` without a bucket. */
  readonly archive: TickArchive | undefined;
  private readonly spikes = new SpikeSender();
  private ofSymbol: { readonly alerts: SymbolAlerts; readonly feed: LiveFeed } | undefined;
  private settings: SymbolAlertSettings;
  private judgedQuarter: number | undefined;
  private judgedAtMs = -Infinity;
  private errorsJudgedMs = -Infinity;

  /**
   * @param liveSymbol called each time: after a failure the symbol may be reloaded while an object is being written.
   */
  constructor(env: Env, pages: PageStore, liveSymbol: () => LiveSymbol | undefined) {
    this.env = env;
    this.pages = pages;
    this.liveSymbol = liveSymbol;
    const bucket = archiveOf(env);
    this.archive = bucket === undefined ? undefined : new TickArchive(bucket, liveSymbol, (n) => this.noticeLost(n));
    this.settings = loadAlertSettings(pages);
  }

  get alertSettings(): SymbolAlertSettings {
    return this.settings;
  }

  /** Stores the settings; what fires of muted rules ends. Returns whether a notification is pending. */
  setAlertSettings(settings: SymbolAlertSettings, nowMs: number): boolean {
    saveAlertSettings(this.pages, settings);
    this.settings = settings;
    if (isMuted(settings, nowMs)) this.alerts?.withdraw("the symbol was muted", nowMs);
    return this.alerts?.isPending ?? false;
  }

  /** `undefined` before the symbol's first batch. */
  get alerts(): SymbolAlerts | undefined {
    return this.known?.alerts;
  }

  private get known(): { readonly alerts: SymbolAlerts; readonly feed: LiveFeed } | undefined {
    const live = this.liveSymbol();
    if (this.ofSymbol === undefined && live !== undefined) {
      const { limits } = settingsOf(this.env).alerts;
      const { stepMs } = live.engine.features.config.grid;
      const alerts = new SymbolAlerts(live.name, stepMs, limits, this.pages);
      this.ofSymbol = { alerts, feed: new LiveFeed(stepMs, this.pages) };
    }
    return this.ofSymbol;
  }

  /** Runs after the monitor has recorded a batch with `applied` ticks. Returns whether a notification is pending. */
  afterBatch(applied: number, models: ServedModels, nowMs: number): boolean {
    const [live, known] = [this.liveSymbol(), this.known];
    if (live === undefined || known === undefined) return false;
    const { alerts, feed } = known;
    for (const grid of gridsOf(live)) grid.spikes.save();
    for (const message of recalibrationNotices(live, models)) {
      void sendNotice(this.env, live.name, "recalibration_changed", message);
    }
    if (applied > 0) feed.note(live.engine.features.watermarkMs, nowMs);
    if (isMuted(this.settings, nowMs)) live.evaluation.monitor.takeVerdicts();
    else if (live.engine.features.lastStepFacts.count > 0) this.judge(live, alerts, models, nowMs);
    return alerts.isPending || this.hasSpikes;
  }

  /** Sends what is pending. Throws what the alerts object throws; what it has not got is sent again. */
  async notify(): Promise<void> {
    await Promise.all([this.alerts?.notify(this.env), this.spikes.send(this.env, this.liveSymbol)]);
  }

  /** Whether subscriptions are told of the symbol's spikes now. Call it before its steps are judged. */
  muteSpikes(nowMs: number): void {
    const live = this.liveSymbol();
    if (live === undefined) return;
    for (const grid of gridsOf(live)) grid.spikes.isMuted = isMuted(this.settings, nowMs);
  }

  private get hasSpikes(): boolean {
    const live = this.liveSymbol();
    return live !== undefined && gridsOf(live).some(({ spikes }) => spikes.pending.length > 0);
  }

  private judge({ engine, evaluation }: LiveSymbol, alerts: SymbolAlerts, models: ServedModels, nowMs: number): void {
    const { monitor } = evaluation;
    const model = models.byAlias.champion?.manifest.onnxSha256 ?? null;
    // One batch can close several windows; a streak counts each of them.
    for (const verdict of monitor.takeVerdicts()) {
      if (verdict.window === "1h") alerts.update({ model, drift: driftFactOf(verdict) }, nowMs);
    }
    const { lastStepFacts: lastStep, config } = engine.features;
    const quarter = Math.floor((lastStep.index[0]! * config.grid.stepMs) / JUDGE_EVERY_MS);
    // Also judge the first batch after the object was loaded: with rare batches there may be no second one.
    if (quarter !== this.judgedQuarter && !isFresh(this.judgedAtMs, JUDGE_LEAST_MS, nowMs)) {
      alerts.update(alertFactsOf(monitor, models, engine.features.watermarkMs), nowMs);
      this.judgedQuarter = quarter;
      this.judgedAtMs = nowMs;
    } else if (Math.abs(nowMs - this.errorsJudgedMs) >= ERRORS_EVERY_MS) {
      alerts.update({ model, errorShare: monitor.failures.value }, nowMs);
      this.errorsJudgedMs = nowMs;
    }
  }

  /** Where every alert rule stands; `undefined` before the symbol's first batch. Figures may be a minute old. */
  alertStatuses(models: ServedModels, nowMs: number): RuleStatus[] | undefined {
    const live = this.liveSymbol();
    if (live === undefined) return undefined;
    const { watermarkMs } = live.engine.features;
    const facts = keptAlertFactsOf(live.evaluation.monitor, models, watermarkMs);
    return this.alerts?.statuses({ ...facts, silentMs: this.silentMs(nowMs) }, nowMs);
  }

  /** The alarm's work besides archiving: judges the silence of the feed and the archive, and sends what is pending. */
  async onAlarm(nowMs: number): Promise<void> {
    const { alerts } = this;
    if (alerts === undefined) return;
    if (isMuted(this.settings, nowMs)) alerts.withdraw("the symbol is muted", nowMs);
    else this.judgeTime(alerts, nowMs);
    await this.notify();
  }

  private judgeTime(alerts: SymbolAlerts, nowMs: number): void {
    const silentMs = this.silentMs(nowMs);
    if (silentMs !== null) alerts.update({ silentMs }, nowMs);
    else if (alerts.isFiring("feed_silent")) alerts.withdraw("its market is closed", nowMs, ["feed_silent"]);
    const totals = this.liveSymbol()?.engine.archive?.skew.totals;
    if (totals !== undefined) alerts.judgeParity(totals, nowMs);
  }

  /** When the alarm must run next; `undefined` when nothing is due before the next batch. */
  nextDueMs(nowMs: number): number | undefined {
    const { alerts } = this;
    if (alerts === undefined) return undefined;
    const dueMs = Math.min(this.nextLookMs(alerts, nowMs), this.archive?.nextDueMs(nowMs) ?? Infinity);
    return dueMs === Infinity ? undefined : dueMs;
  }

  private noticeLost(batches: number): void {
    const symbol = this.liveSymbol()?.name ?? "";
    void sendNotice(this.env, symbol, "archive_batches_lost", `${batches} batches are lost and not in the archive`);
  }

  /** A silence is told once; then nothing changes before a tick, or before the market closes. */
  private nextLookMs(alerts: SymbolAlerts, nowMs: number): number {
    if (this.hasSpikes) return nowMs + LOOK_EVERY_MS;
    const { muted, mutedUntilMs, hours } = this.settings;
    if (!alerts.isPending && isMuted(this.settings, nowMs)) return muted ? Infinity : mutedUntilMs!;
    const isSilenceNotified = alerts.isFiring("feed_silent") && !alerts.isPending && !this.isFresh(nowMs);
    const isOver = hours === null && (isSilenceNotified || this.silentMs(nowMs) === null) && !alerts.isPending;
    return isOver ? Infinity : nowMs + LOOK_EVERY_MS;
  }

  /** New ticks must be evaluated while a silence alert fires, so that it can end. */
  private isFresh(nowMs: number): boolean {
    return (this.silentMs(nowMs) ?? Infinity) < LOOK_EVERY_MS;
  }

  /** Ms without a live tick, from the market's opening at the earliest; `null`: there is no silence to judge. */
  private silentMs(nowMs: number): number | null {
    const silentMs = this.known?.feed.silentMs(nowMs) ?? null;
    const openMs = openSinceMs(this.settings, nowMs);
    return silentMs === null || openMs === undefined ? null : Math.min(silentMs, nowMs - openMs);
  }
}

function gridsOf(live: LiveSymbol): readonly LiveGrid[] {
  return [live, ...live.grids.values()];
}
