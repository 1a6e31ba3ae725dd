// What a symbol answers of its last step and its state: predictions, charts, the summary. What its models are worth is
// quality-reader.ts's.
import type { AnsweredPrediction } from "../evaluation/feedback-store.ts";
import { findGrid } from "../grids/find-grid.ts";
import type { HeldSymbol } from "../life/held-symbol.ts";
import type { SymbolAccess } from "../life/symbol-access.ts";
import { type LiveGrid, type LiveSymbol, type Serving, servingOf } from "../live-symbol.ts";
import type { Prediction } from "../prediction.ts";
import { refreshPrediction, scoreReplayed } from "../refresh-prediction.ts";
import { type StepsAsked, type SymbolSteps, symbolSteps } from "../steps/symbol-steps.ts";
import { type SymbolExplanation, symbolExplanation } from "./symbol-explanation.ts";
import { type SymbolGlance, symbolGlance } from "./symbol-glance.ts";
import { type SymbolSummary, summarize } from "./symbol-summary.ts";

/** The answer is `undefined` for a symbol without a closed step, or without a tick; `null` for a grid that it lacks. */
type OnGrid<T> = Promise<T | null | undefined>;

/** In all methods `name` is that of a grid; by default it is the symbol's own. */
export class SymbolReader {
  private readonly access: SymbolAccess;
  private readonly held: HeldSymbol;

  constructor(access: SymbolAccess) {
    this.access = access;
    this.held = access.held;
  }

  /** The live prediction. */
  async predict(name?: string): OnGrid<Prediction> {
    const { held } = this;
    await this.access.prepare();
    if (!this.isPredicted(name)) {
      await this.access.runExclusive(async (serving) => {
        const grid = held.live && findGrid(held.live, name);
        if (grid !== undefined) await this.refresh(held.live!, serving, grid);
      });
      held.noteFaults();
    }
    if (held.live === undefined) return undefined;
    const grid = findGrid(held.live, name);
    return grid === undefined ? null : grid.latest?.prediction;
  }

  /**
   * What a list of symbols shows of it. Waits for a batch only where there is no prediction by the models that serve.
   * @param sinceMs end of the newest step that the caller has.
   */
  async glance(sinceMs: number, name?: string): OnGrid<SymbolGlance> {
    const prediction = await this.predict(name);
    const { live, background } = this.held;
    if (live === undefined || prediction === null) return prediction === null ? null : undefined;
    const grid = findGrid(live, name);
    if (grid === undefined) return null;
    const { alerts } = background;
    const [firing, isSilent] = [alerts?.firing ?? 0, alerts?.isFiring("feed_silent") ?? false];
    return symbolGlance(grid, { watermarkMs: live.engine.storedMs, firing, isSilent, sinceMs, nowMs: Date.now() });
  }

  /** Its closed steps in buckets. Not during a batch: the log is ahead of the store while its steps are scored. */
  async steps(asked: StepsAsked, name?: string): OnGrid<SymbolSteps> {
    return await this.onGrid(name, async (grid, live, serving) => {
      await scoreReplayed(live, serving);
      return symbolSteps(grid, asked);
    });
  }

  /** What its live prediction rests on. */
  async explanation(name?: string): OnGrid<SymbolExplanation> {
    return await this.onGrid(name, async (grid, live, serving) => {
      await this.refresh(live, serving, grid);
      return await symbolExplanation(grid, servingOf(serving, grid));
    });
  }

  /** Its state. Not during a batch: memory is ahead of the store while its steps are scored. */
  async summary(name?: string): OnGrid<SymbolSummary> {
    return await this.onGrid(name, async (grid, live, serving) => {
      await this.refresh(live, serving, grid);
      const { counters, background, stores } = this.held;
      const { scoringErrors, redeliveredTicks, receiptTimedTicks } = counters;
      const archiveFailures = background.archive?.failures ?? 0;
      const { sizeBytes: storageBytes } = stores.slots;
      const counts = { storageBytes, scoringErrors, redeliveredTicks, receiptTimedTicks, archiveFailures };
      return summarize(grid.engine, grid.latest?.prediction, counts, Date.now());
    });
  }

  /**
   * Ensures a prediction by the models that serve; needs exclusive access. Whoever is answered it may later send its
   * label: it is kept for that. It is answered also when it cannot be kept.
   */
  async refresh(live: LiveSymbol, serving: Serving, grid: LiveGrid): Promise<void> {
    const answered = await refreshPrediction(live, serving, grid);
    if (answered !== undefined) this.keepAnswered(grid, answered);
  }

  private keepAnswered(grid: LiveGrid, answered: AnsweredPrediction): void {
    const { held } = this;
    try {
      held.feedbackStores.of(grid, held.live).keepAnswered(answered);
    } catch (error) {
      held.logFault("answered_prediction_not_kept", error);
    }
  }

  /** Whether the grid's last prediction is by the models that serve now. */
  private isPredicted(name: string | undefined): boolean {
    const { held } = this;
    const grid = held.live && findGrid(held.live, name);
    return grid !== undefined && grid.latest?.models === held.hostOf(grid.engine.features.config.grid).serving;
  }

  /** With exclusive access. */
  private async onGrid<T>(
    name: string | undefined,
    read: (grid: LiveGrid, live: LiveSymbol, serving: Serving) => Promise<T>,
  ): OnGrid<T> {
    await this.access.prepare();
    return await this.access.runExclusive(async (serving) => {
      const { live } = this.held;
      if (live === undefined) return undefined;
      const grid = findGrid(live, name);
      return grid === undefined ? null : await read(grid, live, serving);
    });
  }
}
