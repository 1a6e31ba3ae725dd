// A symbol's state in memory, replaced as a whole when work on it fails.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import type { EngineConfig, FeatureEngine } from "../../features/feature-engine.ts";
import { labelGridFault } from "../../features/label-on-grid.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { PriorsByModel } from "../../recalibration/pooled-prior.ts";
import type { Settings } from "../../settings.ts";
import { DEFAULT_LEARNING } from "../../settings/learning-settings.ts";
import type { ArchiveLedger } from "./archive/archive-ledger.ts";
import type { ArchivedHistory } from "./archive/archived-history.ts";
import type { PredictionLog } from "./archive/prediction-log.ts";
import { DEFAULT_ALERT_LIMITS } from "../../quality/alerts/alert-limits.ts";
import { COMPANION_PAGES, type History, type SymbolStores, SymbolEngine } from "./engine.ts";
import { Evaluation } from "./evaluation/evaluation.ts";
import { GridEngine } from "./grids/grid-engine.ts";
import { monitorPagesOf } from "./grids/grid-pages.ts";
import type { Prediction, RunningExperiment } from "./prediction.ts";
import type { RetainedModels } from "./retained-models.ts";
import { GridSpikes } from "./spikes/grid-spikes.ts";
import type { StepLog } from "./steps/step-log.ts";
import type { Recovery } from "./storage/restored-engine.ts";
import type { Warmth } from "./storage/warm-pages.ts";
import type { SymbolCounters } from "./symbol-counters.ts";

/** What scoring needs of a grid's engine. */
interface ScoredEngine {
  readonly features: FeatureEngine;
  /** Batches applied since the symbol's creation. */
  readonly batches: number;
  readonly recovery: Recovery;
  /** The history that it began with; `undefined` without one. */
  readonly warm: Warmth | undefined;
  /** `undefined` without a bucket, and for a further grid. */
  readonly archive: ArchiveLedger | undefined;
  /** `undefined` where predictions are not archived. */
  readonly predictions: PredictionLog | undefined;
  readonly stepLog: StepLog;
  takeReplayed(): ClosedSteps;
}

/** What is answered of the last step. */
export interface LatestStep {
  readonly prediction: Prediction;
  /** The models that gave the prediction. */
  readonly models: ServedModels;
  readonly price: number | null;
  readonly rv60Bps: number | null;
}

/** A grid of a symbol: what is scored, followed and answered on it. */
export interface LiveGrid {
  /** The symbol's name. */
  readonly name: string;
  readonly engine: ScoredEngine;
  readonly evaluation: Evaluation;
  /** The spikes that subscriptions are told of. */
  readonly spikes: GridSpikes;
  readonly counters: SymbolCounters;
  /** `undefined` when it must be computed anew. */
  latest: LatestStep | undefined;
  /** Whether the steps of replayed batches have been scored. */
  isRecovered: boolean;
}

/** A further grid. */
export interface FurtherGrid extends LiveGrid {
  readonly engine: GridEngine;
}

/** A symbol, which is its default grid and has the further ones. */
export interface LiveSymbol extends LiveGrid {
  readonly engine: SymbolEngine;
  /** By the name of the grid. */
  readonly grids: Map<string, FurtherGrid>;
}

/** The models and the experiment for scoring on one grid, and what a recalibration without a history begins with. */
export interface GridServing {
  readonly models: RetainedModels;
  readonly experiment: RunningExperiment | null;
  /** By SHA-256; empty where the registry has not been read. */
  readonly priors: PriorsByModel;
}

/** Those of the default grid and of the further ones, read together so that one batch uses one set. */
export interface Serving extends GridServing {
  /** By the name of the grid. */
  readonly further?: ReadonlyMap<string, GridServing>;
}

/** What serves a grid of the symbol. Throws for a further grid that nothing was read for. */
export function servingOf(serving: Serving, { engine }: LiveGrid): GridServing {
  if (!(engine instanceof GridEngine)) return serving;
  const own = serving.further?.get(engine.name);
  if (own === undefined) throw new Error(`grid ${engine.name}: no models were read for it`);
  return own;
}

/** Loads the stored state; `undefined` for a symbol that has no batch yet. */
export function loadSymbol(stores: SymbolStores, counters: SymbolCounters): LiveSymbol | undefined {
  const identity = stores.slots.loadIdentity();
  const engine = SymbolEngine.load(stores);
  if (identity === undefined || engine === undefined) return undefined;
  return liveSymbol(identity.symbol, engine, stores, counters);
}

/** A symbol that has received no batch before. */
export function createSymbol(
  name: string,
  config: EngineConfig,
  stores: SymbolStores,
  counters: SymbolCounters,
): LiveSymbol {
  return liveSymbol(name, SymbolEngine.create(stores, name, config), stores, counters);
}

/** A symbol whose database is empty, with a history. */
export function symbolAfterHistory(
  name: string,
  config: EngineConfig,
  history: History,
  stores: SymbolStores,
  counters: SymbolCounters,
): LiveSymbol {
  return liveSymbol(name, SymbolEngine.afterHistory(stores, name, config, history), stores, counters);
}

/** The same symbol after a longer history, see `SymbolEngine.lacksHistory`. */
export function withHistory(
  { name, engine, counters, grids }: LiveSymbol,
  history: ArchivedHistory,
  stores: SymbolStores,
): LiveSymbol {
  const live = liveSymbol(name, engine.withHistory(history), stores, counters, false);
  // They include the same batches as before.
  for (const [grid, further] of grids) live.grids.set(grid, further);
  return live;
}

/** Adds a further grid to a symbol, with the ticks that its slots still have. Call it between batches only. */
export function addGrid(live: LiveSymbol, grid: string, config: EngineConfig, stores: SymbolStores): void {
  live.grids.set(grid, furtherGrid(live, live.engine.addGrid(grid, config), stores));
}

/**
 * The configuration of a new symbol, or of its further grid: the label that the deployment sets, else its first
 * champion's if that fits the grid and the horizon that is set. `undefined` while the champion is not known: a symbol
 * keeps the size of its label's ring for ever.
 */
export function configForNewSymbol(
  { engine, labelGiven, horizonsMs = [] }: NewSymbolSettings,
  { byAlias, championKnown }: ServedModels,
): EngineConfig | undefined {
  if (!labelGiven && !championKnown) return undefined;
  const label = labelGiven ? undefined : byAlias.champion?.manifest.label;
  if (label === undefined || labelGridFault(label, engine.grid, "label") !== undefined) return engine;
  const isOther = horizonsMs.length > 0 && label.horizonSteps !== engine.label.horizonSteps;
  return isOther ? engine : { ...engine, label };
}

/** Of the deployment, or of a further grid. */
type NewSymbolSettings = Pick<Settings, "engine" | "labelGiven"> & Partial<Pick<Settings, "horizonsMs">>;

/** @param withGrids whether the further grids are made too. */
function liveSymbol(
  name: string,
  engine: SymbolEngine,
  stores: SymbolStores,
  counters: SymbolCounters,
  withGrids = true,
): LiveSymbol {
  const { stepMs } = engine.features.config.grid;
  const { pages, alertLimits = DEFAULT_ALERT_LIMITS, learning = DEFAULT_LEARNING } = stores;
  const of = { symbol: name, stepMs, prefix: COMPANION_PAGES, learning, alertLimits };
  const evaluation = new Evaluation(of, pages, counters);
  const { how, replayedBatches } = engine.recovery;
  const isRecovered = how === "new" && replayedBatches === 0;
  const spikes = new GridSpikes(name, pages);
  const live: LiveSymbol = {
    ...{ name, engine, evaluation, spikes, counters },
    latest: undefined,
    isRecovered,
    grids: new Map(),
  };
  if (!withGrids) return live;
  for (const grid of engine.grids.list) live.grids.set(grid.name, furtherGrid(live, grid, stores));
  return live;
}

function furtherGrid(live: LiveSymbol, engine: GridEngine, { pages }: SymbolStores) {
  const { name, counters } = live;
  const { grids } = live.engine;
  const { stepMs } = engine.features.config.grid;
  const of = { symbol: name, stepMs, prefix: monitorPagesOf(engine.name), learning: live.evaluation.learners.settings };
  const evaluation = new Evaluation(of, pages, counters);
  grids.follow(engine.name, evaluation);
  const { how, replayedBatches } = engine.recovery;
  const isRecovered = how === "new" && replayedBatches === 0;
  const spikes = new GridSpikes(name, pages, engine.name);
  return { name, engine, evaluation, spikes, counters, latest: undefined, isRecovered };
}
