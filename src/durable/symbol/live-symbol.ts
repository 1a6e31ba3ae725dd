// A symbol's state in memory, replaced as a whole when work on it fails.
import type { EngineConfig } from "../../features/feature-engine.ts";
import { labelGridFault } from "../../features/label-on-grid.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { Settings } from "../../settings.ts";
import type { ArchivedHistory } from "./archive/archived-history.ts";
import { type History, type SymbolStores, SymbolEngine } from "./engine.ts";
import { Evaluation } from "./evaluation/evaluation.ts";
import type { Prediction, RunningExperiment } from "./prediction.ts";
import type { RetainedModels } from "./retained-models.ts";
import type { SymbolCounters } from "./symbol-counters.ts";

export interface LiveSymbol {
  readonly name: string;
  readonly engine: SymbolEngine;
  readonly evaluation: Evaluation;
  readonly counters: SymbolCounters;
  /** The last step's prediction and the models that gave it; `undefined` when it must be computed anew. */
  latest: { readonly prediction: Prediction; readonly models: ServedModels } | undefined;
  /** Whether the steps of replayed batches have been scored. */
  isRecovered: boolean;
}

/** The models and the experiment for scoring, read together so that one batch uses one set. */
export interface Serving {
  readonly models: RetainedModels;
  readonly experiment: RunningExperiment | null;
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
  { name, engine, counters }: LiveSymbol,
  history: ArchivedHistory,
  stores: SymbolStores,
): LiveSymbol {
  return liveSymbol(name, engine.withHistory(history), stores, counters);
}

/**
 * The configuration of a new symbol: the label that the deployment sets, else its first champion's if that fits the
 * grid. `undefined` while the champion is not known: a symbol keeps the size of its label's ring for ever.
 */
export function configForNewSymbol(
  { engine, labelGiven }: Settings,
  { byAlias, championKnown }: ServedModels,
): EngineConfig | undefined {
  if (!labelGiven && !championKnown) return undefined;
  const label = labelGiven ? undefined : byAlias.champion?.manifest.label;
  return label !== undefined && labelGridFault(label, engine.grid, "label") === undefined
    ? { ...engine, label }
    : engine;
}

function liveSymbol(name: string, engine: SymbolEngine, stores: SymbolStores, counters: SymbolCounters): LiveSymbol {
  const { stepMs } = engine.features.config.grid;
  const evaluation = new Evaluation(name, stepMs, stores.pages, counters);
  const { how, replayedBatches } = engine.recovery;
  const isRecovered = how === "new" && replayedBatches === 0;
  return { name, engine, evaluation, counters, latest: undefined, isRecovered };
}
