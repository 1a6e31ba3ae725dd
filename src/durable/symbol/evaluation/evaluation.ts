// Isolates a symbol's monitor, and what learns from its labels: a fault in them never loses a tick.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { Page } from "../../../features/page-buffer.ts";
import { logError } from "../../../log.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { EvidenceLimits } from "../../../quality/alert-evidence/alert-evidence.ts";
import type { PriorsByModel } from "../../../recalibration/pooled-prior.ts";
import type { LearningSettings } from "../../../settings/learning-settings.ts";
import type { Companion } from "../engine.ts";
import { type GridLearners, LEARNERS } from "../learning/learner-table.ts";
import { Learners } from "../learning/learners.ts";
import type { WindowName } from "../../../quality/window-quality.ts";
import type { RunningExperiment } from "../prediction.ts";
import type { StepScores } from "../scoring.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { SymbolCounters } from "../symbol-counters.ts";
import type { SigmaByWindow } from "./symbol-quality.ts";
import { SymbolMonitor } from "./symbol-monitor.ts";

/** Whose models are monitored, and where that is stored. */
interface Monitored {
  readonly symbol: string;
  /** Step of the grid, ms. */
  readonly stepMs: number;
  /** Prefix of the pages. */
  readonly prefix: string;
  readonly learning: LearningSettings;
  /** Limits of the alert rules; `undefined` where no alerts are judged. */
  readonly alertLimits?: EvidenceLimits | undefined;
}

export class Evaluation implements Companion {
  /** The models whose label specs and series are in use; `undefined` when models must be adopted again. */
  adopted: ServedModels | undefined;
  /** Whether the monitor has failed since `resume`. */
  hasFault = false;
  /** What learns from the labels and changes later answers. */
  readonly learners: GridLearners;
  private current: SymbolMonitor;
  private readonly of: Monitored;
  private readonly pages: PageStore;
  private readonly counters: SymbolCounters;

  /** Restores the monitor from the last snapshot. */
  constructor(of: Monitored, pages: PageStore, counters: SymbolCounters) {
    this.of = of;
    this.pages = pages;
    this.counters = counters;
    this.current = this.load();
    this.learners = new Learners(LEARNERS, of.stepMs, this.stored(), of.learning, (error) => this.countFault(error));
  }

  /** Complete once the replayed steps are scored. After a fault this is a new object. */
  get monitor(): SymbolMonitor {
    return this.current;
  }

  /** Pages that were unreadable when it was loaded. */
  get damagedPages(): number {
    return this.current.damagedPages + this.learners.damagedPages;
  }

  /** Call it before a batch: clears the fault of the previous batch. */
  resume(): void {
    this.hasFault = false;
    if (this.learners.resume(() => this.stored())) this.adopted = undefined;
  }

  /**
   * Follows these models from now on. Returns whether a snapshot must say so.
   * @param priors see `LabelLearner.adopt`.
   */
  follow(features: FeatureEngine, models: ServedModels, priors: PriorsByModel): boolean {
    const followed = this.current.quality.followed.join();
    this.isolateMonitorFault((monitor) => monitor.adopt(features, models));
    const isTaken = this.learners.adopt(features, models, priors);
    return isTaken || (!this.hasFault && this.current.quality.followed.join() !== followed);
  }

  /** The scores as they are answered, after what the labels that arrive with these steps teach. */
  learn(steps: ClosedSteps, scores: StepScores, onlyKnown?: ReadonlySet<string>): StepScores {
    return this.learners.learn(steps, scores, onlyKnown);
  }

  /** `SymbolMonitor.record`. After a fault, the rest of the batch is not recorded. */
  record(
    steps: ClosedSteps,
    scores: StepScores,
    experiment: RunningExperiment | null,
    onlyKnown?: ReadonlySet<string>,
  ): void {
    this.isolateMonitorFault((monitor) => monitor.record(steps, scores, experiment, onlyKnown));
  }

  /** Figures of the models' volatility forecasts. */
  sigmaFigures(windows: readonly WindowName[]): SigmaByWindow {
    const { learning } = this.learners.of("volatility");
    return Object.fromEntries(windows.map((window) => [window, learning.figures(window)]));
  }

  /** What a snapshot writes; nothing after a fault, so that the pages stay those of the last one. */
  dirtyPages(): Page[] {
    return [...this.monitorPages(), ...this.learners.dirtyPages()];
  }

  private monitorPages(): Page[] {
    try {
      return this.current.dirtyPages();
    } catch (error) {
      this.reset(error);
      return [];
    }
  }

  /** Isolates the monitor: if it throws, it is reset to the last snapshot and loses the batches since. */
  private isolateMonitorFault(work: (monitor: SymbolMonitor) => void): void {
    if (this.hasFault) return;
    try {
      work(this.current);
    } catch (error) {
      this.reset(error);
    }
  }

  private reset(error: unknown): void {
    this.countFault(error);
    this.current = this.load();
    this.adopted = undefined;
    this.hasFault = true;
  }

  /** Pages that cannot be read at all leave an empty monitor: they must not stop the symbol. */
  private load(): SymbolMonitor {
    const { symbol, stepMs, alertLimits } = this.of;
    try {
      return new SymbolMonitor(symbol, stepMs, this.stored(), alertLimits);
    } catch (error) {
      this.countFault(error);
      return new SymbolMonitor(symbol, stepMs, new Map(), alertLimits);
    }
  }

  private stored(): Map<string, ArrayBuffer> {
    return this.pages.load(this.of.prefix);
  }

  private countFault(error: unknown): void {
    this.counters.monitorErrors += 1;
    logError("monitor_error", { symbol: this.of.symbol, pages: this.of.prefix, error: String(error) });
  }
}
