// What a symbol does beside its batches, on its one alarm and after batches: it archives ticks, judges its alerts and
// notifies of them. No fault in here may cost a batch or the alarm.
import type { ServedModels } from "../../model/model-host.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import { archiveOf, type Env, settingsOf } from "../../settings.ts";
import { alertFactsOf, driftFactOf, keptAlertFactsOf } from "./alerts/alert-facts-of.ts";
import { SymbolAlerts } from "./alerts/symbol-alerts.ts";
import { TickArchive } from "./archive/tick-archive.ts";
import type { LiveSymbol } from "./live-symbol.ts";
import type { PageStore } from "./storage/page-store.ts";

/** Quality is judged once in so much event time; drift whenever a window closes. */
const JUDGE_EVERY_MS = 900_000;
/** And not more often than this by the clock: a fast replay passes a quarter of an hour in every few batches. */
const JUDGE_LEAST_MS = 10_000;
/** A live feed is looked at this often by the wall clock; a notification that failed is tried again as often. */
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

  /** @param liveSymbol asked each time: a failure may have it read back while an object is being written. */
  constructor(env: Env, pages: PageStore, liveSymbol: () => LiveSymbol | undefined) {
    this.env = env;
    this.pages = pages;
    this.liveSymbol = liveSymbol;
    const bucket = archiveOf(env);
    this.archive = bucket === undefined ? undefined : new TickArchive(bucket, liveSymbol);
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

  /** After a batch that applied so many ticks was learned from. Returns whether there is something to notify of. */
  afterBatch(applied: number, models: ServedModels, nowMs: number): boolean {
    if (applied > 0) this.acceptedAtMs = nowMs;
    const live = this.liveSymbol();
    const { alerts } = this;
    if (live === undefined || alerts === undefined || live.engine.features.lastStep.count === 0) return false;
    const { monitor } = live.evaluation;
    // One batch can close several windows, and a streak of them must be seen one by one.
    const model = models.byAlias.champion?.manifest.onnxSha256 ?? null;
    for (const verdict of monitor.takeVerdicts()) {
      if (verdict.window === "1h") alerts.update({ model, drift: driftFactOf(verdict) }, nowMs);
    }
    const { lastStep, config } = live.engine.features;
    const quarter = Math.floor((lastStep.index[0]! * config.grid.stepMs) / JUDGE_EVERY_MS);
    // The first batch of a life of the object is judged too: a feed of rare batches may never see a second one.
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

  /** What the alarm does beside archiving: looks whether the feed is silent, and notifies of what is pending. */
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

  /** Ticks that came while a silence is firing must be seen for it to end. */
  private isFresh(nowMs: number): boolean {
    return (this.silentMs(nowMs) ?? Infinity) < LOOK_EVERY_MS;
  }

  /** After a restart the newest tick's own time stands for when it came. */
  private silentMs(nowMs: number): number | null {
    const lastMs = this.acceptedAtMs ?? this.liveSymbol()?.engine.features.watermarkMs ?? NaN;
    return Number.isFinite(lastMs) ? Math.max(0, nowMs - lastMs) : null;
  }
}
