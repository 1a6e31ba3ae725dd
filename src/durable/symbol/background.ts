// What a symbol does beside its batches: archiving them, judging its alerts and telling of them, on its one alarm and after batches. No
// fault in here may cost a batch or the alarm.
import type { ServedModels } from "../../model/model-host.ts";
import { alertFacts, driftFact } from "./symbol-alert-facts.ts";
import { SymbolAlerts } from "./symbol-alerts.ts";
import type { RuleStatus } from "../../quality/alerts/rule-status.ts";
import { archiveOf, type Env, settingsOf } from "../../settings.ts";
import type { PageStore } from "./storage/page-store.ts";
import type { SymbolServing } from "./symbol-serving.ts";
import { TickArchive } from "./archive/tick-archive.ts";

/** Quality is judged once in so much event time; drift whenever a window closes. */
const JUDGE_EVERY_MS = 900_000;
/** And not more often than this by the clock: a fast replay passes a quarter of an hour in every few batches. */
const JUDGE_LEAST_MS = 10_000;
/** A live feed is looked at this often by the wall clock; what could not be told is tried again as often. */
const LOOK_EVERY_MS = 60_000;

export class SymbolDuties {
  private readonly env: Env;
  private readonly pages: PageStore;
  private readonly symbol: SymbolServing;
  /** `undefined` without a bucket. */
  readonly archive: TickArchive | undefined;
  private alertsOfSymbol: SymbolAlerts | undefined;
  private judgedQuarter: number | undefined;
  private judgedAtMs = -Infinity;
  private acceptedAtMs: number | undefined;

  constructor(env: Env, pages: PageStore, symbol: SymbolServing) {
    this.env = env;
    this.pages = pages;
    this.symbol = symbol;
    const bucket = archiveOf(env);
    this.archive = bucket === undefined ? undefined : new TickArchive(bucket, symbol);
  }

  /** `undefined` before the symbol's first batch. */
  get alerts(): SymbolAlerts | undefined {
    const { symbol: name, state } = this.symbol;
    if (this.alertsOfSymbol === undefined && name !== undefined && state !== undefined) {
      const { limits } = settingsOf(this.env).alerts;
      this.alertsOfSymbol = new SymbolAlerts(name, state.engine.config.grid.stepMs, limits, this.pages);
    }
    return this.alertsOfSymbol;
  }

  /** After a batch was learned from. Returns whether something waits to be told. */
  afterBatch(accepted: number, models: ServedModels, nowMs: number): boolean {
    if (accepted > 0) this.acceptedAtMs = nowMs;
    const { state, monitor } = this.symbol;
    const { alerts } = this;
    if (state === undefined || monitor === undefined || alerts === undefined || state.engine.lastStep.count === 0) {
      return false;
    }
    // One batch can close several windows, and a streak of them must be seen one by one.
    const model = models.byAlias.champion?.manifest.onnxSha256 ?? null;
    for (const verdict of monitor.takeVerdicts()) {
      if (verdict.window === "1h") alerts.update({ model, drift: driftFact(verdict) }, nowMs);
    }
    const { stepMs } = state.engine.config.grid;
    const quarter = Math.floor((state.engine.lastStep.index[0]! * stepMs) / JUDGE_EVERY_MS);
    // The first batch of a life of the object is judged too: a feed of rare batches may never see a second one.
    if (quarter !== this.judgedQuarter && !(nowMs - this.judgedAtMs < JUDGE_LEAST_MS)) {
      alerts.update(alertFacts(monitor, models), nowMs);
      this.judgedQuarter = quarter;
      this.judgedAtMs = nowMs;
    }
    return alerts.waiting;
  }

  /** Where every alert rule stands now; `undefined` before the symbol's first batch. Costs what judging them costs. */
  alertStatuses(models: ServedModels, nowMs: number): RuleStatus[] | undefined {
    const { monitor } = this.symbol;
    if (monitor === undefined) return undefined;
    return this.alerts?.statuses({ ...alertFacts(monitor, models), silentMs: this.silentMs(nowMs) }, nowMs);
  }

  /** What the alarm does beside archiving: looks whether the feed is silent, and tells what was not told. */
  async onAlarm(nowMs: number): Promise<void> {
    const { alerts } = this;
    if (alerts === undefined) return;
    const silentMs = this.silentMs(nowMs);
    if (silentMs !== null) alerts.update({ silentMs }, nowMs);
    await alerts.tell(this.env);
  }

  /** When the alarm must ring next; `undefined` when nothing is due before the next batch. */
  nextDueMs(nowMs: number): number | undefined {
    const { alerts } = this;
    if (alerts === undefined) return undefined;
    const silentIsTold = alerts.isFiring("feed_silent") && !alerts.waiting && !this.isFresh(nowMs);
    const lookMs = silentIsTold ? Infinity : nowMs + LOOK_EVERY_MS;
    const dueMs = Math.min(lookMs, this.archive?.nextDueMs(nowMs) ?? Infinity);
    return dueMs === Infinity ? undefined : dueMs;
  }

  /** Ticks that came while a silence is firing must be seen for it to end. */
  private isFresh(nowMs: number): boolean {
    return (this.silentMs(nowMs) ?? Infinity) < LOOK_EVERY_MS;
  }

  /** After a restart the newest tick's own time stands for when it came. */
  private silentMs(nowMs: number): number | null {
    const lastMs = this.acceptedAtMs ?? this.symbol.state?.engine.watermarkMs ?? NaN;
    return Number.isFinite(lastMs) ? Math.max(0, nowMs - lastMs) : null;
  }
}
