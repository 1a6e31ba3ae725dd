// A symbol's background work, run by its alarm and after batches: archives ticks, evaluates alert rules and sends
// notifications. A fault here must not fail a batch or the alarm.
import type { ServedModels } from "../../model/model-host.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import { archiveOf, type Env, settingsOf } from "../../settings.ts";
import { alertFactsOf, driftFactOf, keptAlertFactsOf } from "./alerts/alert-facts-of.ts";
import { SymbolAlerts } from "./alerts/symbol-alerts.ts";
import { TickArchive } from "./archive/tick-archive.ts";
import type { LiveSymbol } from "./live-symbol.ts";
import { sendNotice } from "./send-notice.ts";
import type { PageStore } from "./storage/page-store.ts";

/** Quality rules run once per this much event time; drift rules run whenever a window closes. */
const JUDGE_EVERY_MS = 900_000;
/** And at most this often by the wall clock: a fast replay passes a quarter of an hour every few batches. */
const JUDGE_LEAST_MS = 10_000;
/** Wall-clock interval at which a live feed is checked for silence and a failed notification is retried. */
const LOOK_EVERY_MS = 60_000;

export class Background {
  private readonly env: Env;
  private readonly pages: PageStore;
  private readonly liveSymbol: () => LiveSymbol | undefined;
  /** `undefined` without a bucket. */
  readonly archive: TickArchive | undefined;
  private alertsOfSymbol: SymbolAlerts | undefined;
  private judgedQuarter: number | undefined;
  private judgedAtMs = -Infinity;
  private acceptedAtMs: number | undefined;

  /**
   * @param liveSymbol called each time: after a failure the symbol may be reloaded while an object is being written.
   */
  constructor(env: Env, pages: PageStore, liveSymbol: () => LiveSymbol | undefined) {
    this.env = env;
    this.pages = pages;
    this.liveSymbol = liveSymbol;
    const bucket = archiveOf(env);
    this.archive = bucket === undefined ? undefined : new TickArchive(bucket, liveSymbol, (n) => this.noticeLost(n));
  }

  /** `undefined` before the symbol's first batch. */
  get alerts(): SymbolAlerts | undefined {
    const live = this.liveSymbol();
    if (this.alertsOfSymbol === undefined && live !== undefined) {
      const { limits } = settingsOf(this.env).alerts;
      const { stepMs } = live.engine.features.config.grid;
      this.alertsOfSymbol = new SymbolAlerts(live.name, stepMs, limits, this.pages);
    }
    return this.alertsOfSymbol;
  }

  /** Runs after the monitor has recorded a batch with `applied` ticks. Returns whether a notification is pending. */
  afterBatch(applied: number, models: ServedModels, nowMs: number): boolean {
    if (applied > 0) this.acceptedAtMs = nowMs;
    const live = this.liveSymbol();
    const { alerts } = this;
    if (live === undefined || alerts === undefined || live.engine.features.lastStep.count === 0) return false;
    const { monitor } = live.evaluation;
    // One batch can close several windows; a streak counts each of them.
    const model = models.byAlias.champion?.manifest.onnxSha256 ?? null;
    for (const verdict of monitor.takeVerdicts()) {
      if (verdict.window === "1h") alerts.update({ model, drift: driftFactOf(verdict) }, nowMs);
    }
    const { lastStep, config } = live.engine.features;
    const quarter = Math.floor((lastStep.index[0]! * config.grid.stepMs) / JUDGE_EVERY_MS);
    // Also judge the first batch after the object was loaded: with rare batches there may be no second one.
    if (quarter !== this.judgedQuarter && !(nowMs - this.judgedAtMs < JUDGE_LEAST_MS)) {
      alerts.update(alertFactsOf(monitor, models), nowMs);
      this.judgedQuarter = quarter;
      this.judgedAtMs = nowMs;
    }
    return alerts.isPending;
  }

  /** Where every alert rule stands; `undefined` before the symbol's first batch. Figures may be a minute old. */
  alertStatuses(models: ServedModels, nowMs: number): RuleStatus[] | undefined {
    const live = this.liveSymbol();
    if (live === undefined) return undefined;
    const { watermarkMs } = live.engine.features;
    const facts = keptAlertFactsOf(live.evaluation.monitor, models, watermarkMs);
    return this.alerts?.statuses({ ...facts, silentMs: this.silentMs(nowMs) }, nowMs);
  }

  /** The alarm's work besides archiving: checks for a silent feed and sends pending notifications. */
  async onAlarm(nowMs: number): Promise<void> {
    const { alerts } = this;
    if (alerts === undefined) return;
    const silentMs = this.silentMs(nowMs);
    if (silentMs !== null) alerts.update({ silentMs }, nowMs);
    await alerts.notify(this.env);
  }

  /** When the alarm must run next; `undefined` when nothing is due before the next batch. */
  nextDueMs(nowMs: number): number | undefined {
    const { alerts } = this;
    if (alerts === undefined) return undefined;
    const isSilenceNotified = alerts.isFiring("feed_silent") && !alerts.isPending && !this.isFresh(nowMs);
    const lookMs = isSilenceNotified ? Infinity : nowMs + LOOK_EVERY_MS;
    const dueMs = Math.min(lookMs, this.archive?.nextDueMs(nowMs) ?? Infinity);
    return dueMs === Infinity ? undefined : dueMs;
  }

  private noticeLost(batches: number): void {
    const symbol = this.liveSymbol()?.name ?? "";
    void sendNotice(this.env, symbol, "archive_batches_lost", `${batches} batches are lost and not in the archive`);
  }

  /** New ticks must be evaluated while a silence alert fires, so that it can end. */
  private isFresh(nowMs: number): boolean {
    return (this.silentMs(nowMs) ?? Infinity) < LOOK_EVERY_MS;
  }

  /** After a restart the newest tick's own time replaces its unknown arrival time. */
  private silentMs(nowMs: number): number | null {
    const lastMs = this.acceptedAtMs ?? this.liveSymbol()?.engine.features.watermarkMs ?? NaN;
    return Number.isFinite(lastMs) ? Math.max(0, nowMs - lastMs) : null;
  }
}
