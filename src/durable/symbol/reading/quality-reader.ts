// What a symbol answers of its models: quality, drift, thresholds, what labels have taught, and its part of sums over
// symbols. Each answer waits until the replayed steps are scored.
import { rememberedRegistryState } from "../../../clients/registry.ts";
import { LABEL_OBSERVED_SHARE } from "../../../features/label-on-grid.ts";
import { modelHost } from "../../../model/model-host.ts";
import type { RuleStatus } from "../../../quality/alerts/rule-status.ts";
import type { GuardGains } from "../../../quality/live-quality.ts";
import type { WindowName } from "../../../quality/window-quality.ts";
import type { BlockRows } from "../../../quality/window-tables.ts";
import type { LearntLine } from "../../../recalibration/pooled-prior.ts";
import { onGrid } from "../../../settings.ts";
import { type ExperimentBlocks, experimentBlocksOf } from "../evaluation/experiment-blocks-of.ts";
import { type FeedbackOutcome } from "../evaluation/feedback-store.ts";
import { type SymbolDrift, symbolDrift } from "../evaluation/symbol-drift.ts";
import { type SymbolFigures, symbolFigures } from "../evaluation/symbol-figures.ts";
import { type SymbolQualityPart, symbolQualityPart } from "../evaluation/symbol-quality-part.ts";
import { type SymbolQuality, symbolQuality } from "../evaluation/symbol-quality.ts";
import { symbolRecalibrations } from "../evaluation/symbol-recalibration.ts";
import { type SymbolThreshold, symbolThreshold, thresholdFigures } from "../evaluation/symbol-threshold.ts";
import { takeFeedback } from "../evaluation/take-feedback.ts";
import type { HeldSymbol } from "../life/held-symbol.ts";
import type { SymbolAccess } from "../life/symbol-access.ts";
import type { SymbolReader } from "./symbol-reader.ts";
import { type GridScrape, SCRAPED_WINDOWS, type SymbolScrape } from "./symbol-scrape.ts";

/** The answer is `undefined` for a symbol that has no tick yet, and `null` for a grid that it lacks. */
type OnGrid<T> = Promise<T | null | undefined>;

/** In all methods `name` is that of a grid; by default it is the symbol's own. */
export class QualityReader {
  private readonly access: SymbolAccess;
  private readonly held: HeldSymbol;
  private readonly reader: SymbolReader;

  constructor(access: SymbolAccess, reader: SymbolReader) {
    this.access = access;
    this.held = access.held;
    this.reader = reader;
  }

  /**
   * The quality of its models, with intervals.
   * @param curves whether each model's curves are wanted.
   */
  async quality(windows: readonly WindowName[], name?: string, curves = false): OnGrid<SymbolQuality> {
    const { held } = this;
    await this.reader.predict(name);
    const grid = await this.access.monitored(name);
    if (grid === undefined || grid === null) return grid;
    const { config, observedShare, watermarkMs } = grid.engine.features;
    const models = held.hostOf(config.grid).serving;
    return symbolQuality(grid.evaluation.monitor, models, windows, {
      stepMs: config.grid.stepMs,
      labelStepMs: observedShare.smallestStepMs(LABEL_OBSERVED_SHARE) ?? null,
      eventMs: watermarkMs,
      tauBps: grid.latest?.prediction.tauBps ?? null,
      volatility: grid.evaluation.sigmaFigures(windows),
      feedback: held.feedbackStores.of(grid, held.live).counts(),
      recalibrations: symbolRecalibrations(grid.evaluation.learners, models),
      curves,
    });
  }

  /** The drift of its rows from the training data. @param ratios see `symbolDrift`. */
  async drift(name?: string, ratios = false): OnGrid<SymbolDrift> {
    const grid = await this.access.monitored(name);
    return grid && symbolDrift(grid.evaluation.monitor, ratios);
  }

  /** From which probability its models alert, and what that reached. */
  async threshold(name?: string): OnGrid<SymbolThreshold> {
    await this.reader.predict(name);
    const grid = await this.access.monitored(name);
    return grid && symbolThreshold(grid, this.held.hostOf(grid.engine.features.config.grid).serving);
  }

  /** The status of every alert rule, and what its alert needs to begin or to end. */
  async alertStatuses(): Promise<RuleStatus[] | undefined> {
    const live = await this.access.monitored();
    const { background, serving } = this.held;
    return live === undefined ? undefined : background.alertStatuses(serving, Date.now());
  }

  /** Its part of `/metrics`. */
  async scrape(): Promise<SymbolScrape | undefined> {
    const own = await this.scrapeOf(undefined);
    const { live } = this.held;
    if (own === undefined || live === undefined) return undefined;
    const grids: GridScrape[] = [];
    for (const grid of live.grids.keys()) {
      const scrape = await this.scrapeOf(grid);
      if (scrape !== undefined) grids.push({ grid, ...scrape });
    }
    return grids.length === 0 ? own : { ...own, grids };
  }

  private async scrapeOf(grid: string | undefined): Promise<Omit<SymbolScrape, "grids"> | undefined> {
    const summary = await this.reader.summary(grid);
    if (summary === undefined || summary === null) return undefined;
    const figures = await this.figures(SCRAPED_WINDOWS, false, grid).catch((error: unknown) => {
      this.held.logFault("metrics_figures_failed", error);
      return undefined;
    });
    return { summary, figures: figures ?? null };
  }

  /** Quality and drift as numbers without intervals, for sums over symbols. */
  async figures(windows: readonly WindowName[], counts: boolean, name?: string): OnGrid<SymbolFigures> {
    const { held } = this;
    const grid = await this.access.monitored(name);
    if (grid === undefined || grid === null) return grid;
    const { monitorErrors } = held.counters;
    const { config, watermarkMs: eventMs } = grid.engine.features;
    const host = held.hostOf(config.grid);
    const hasOwnModels = name === undefined && host !== modelHost;
    const volatility = grid.evaluation.sigmaFigures(windows);
    const thresholds = thresholdFigures(grid, host.serving);
    const { learners } = grid.evaluation;
    const context = { eventMs, monitorErrors, learners, hasOwnModels, counts, volatility, thresholds };
    return symbolFigures(grid.evaluation.monitor, host.serving, windows, context);
  }

  /** Its part of a window over all symbols. */
  async qualityPart(window: WindowName, name?: string): OnGrid<SymbolQualityPart> {
    const grid = await this.access.monitored(name);
    if (grid === undefined || grid === null) return grid;
    const { config, watermarkMs: eventMs } = grid.engine.features;
    const host = this.held.hostOf(config.grid);
    const context = { eventMs, hasOwnModels: name === undefined && host !== modelHost };
    return symbolQualityPart(grid.evaluation.monitor, host.serving, window, context);
  }

  /** One model's sums per block of a window, for intervals over several symbols; `undefined` if there are none. */
  async blockRows(window: WindowName, sha256: string, name?: string): Promise<BlockRows | undefined> {
    return (await this.access.monitored(name))?.evaluation.monitor.quality.blockRows(window, sha256);
  }

  /**
   * This symbol's part of the running experiment.
   * @param experimentId whose blocks from the archive are wanted; a caller of an older version wants none.
   */
  async experimentBlocks(name?: string, experimentId?: string): OnGrid<ExperimentBlocks> {
    const grid = await this.access.monitored(name);
    const state = rememberedRegistryState(onGrid(this.held.env, name) ?? this.held.env);
    return grid && experimentBlocksOf(grid.evaluation.monitor, experimentId, state?.experiment ?? null);
  }

  /** What recalibrates its models. */
  async learntLines(name?: string): Promise<readonly LearntLine[] | undefined> {
    return (await this.access.monitored(name))?.evaluation.learners.of("recalibration").lines;
  }

  /** How the champion's guards do. */
  async guardGains(name?: string): Promise<readonly GuardGains[] | undefined> {
    return (await this.access.monitored(name))?.evaluation.monitor.quality.guardGains();
  }

  /** Stores external labels and returns one outcome each; `accepted` labels are durable. */
  async feedback(
    labels: readonly { readonly step: number; readonly sha12: string; readonly label: 0 | 1 }[],
  ): Promise<FeedbackOutcome[]> {
    const own = await this.access.monitored();
    const { live, feedbackStores } = this.held;
    if (own === undefined || own === null || live === undefined) return labels.map(() => "no_prediction");
    const grids = [live, ...live.grids.values()].map((grid) => {
      return { quality: grid.evaluation.monitor.quality, store: feedbackStores.of(grid, live) };
    });
    for (const { quality, store } of grids) store.expire(quality.firstStep);
    return labels.map((label) => takeFeedback(grids, label));
  }
}
