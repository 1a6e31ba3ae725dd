// A symbol's answer on the quality of its models: windows with intervals, the models behind them, and the quality by
// external labels. Plain values that cross RPC; src/http turns them into JSON.
import { comparedPairs, type NamedModel, namedModels } from "../../../model/named-models.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { LiveQuality, ModelHistories, PairRefusal } from "../../../quality/live-quality.ts";
import type { QualityStats } from "../../../quality/quality-state.ts";
import type { WindowName, WindowOptions, WindowQuality } from "../../../quality/window-quality.ts";
import type { SigmaFigures } from "../../../volatility/sigma-figures.ts";
import type { FeedbackCount } from "./feedback-store.ts";
import { type FeedbackQuality, feedbackQuality } from "./feedback-quality.ts";
import { KeptWindows } from "./kept-windows.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import type { SymbolRecalibration } from "./symbol-recalibration.ts";

/** The models' volatility forecasts by window. */
export type SigmaByWindow = Readonly<Partial<Record<WindowName, readonly SigmaFigures[]>>>;

export interface SymbolQuality {
  readonly stepMs: number;
  /** The smallest step on which labels would hardly ever be void, as ticks came lately; `null` for none. */
  readonly labelStepMs: number | null;
  /** The champion's current spike threshold; `null` while there is none. */
  readonly tauBps: number | null;
  /** Each model once, in the order of the aliases. */
  readonly models: readonly NamedModel[];
  /** The requested windows. */
  readonly windows: readonly WindowQuality[];
  /** Counts since the symbol was created. */
  readonly stats: QualityStats;
  readonly histories: ModelHistories;
  /** Why champion and challenger are not compared; `null` if they are. */
  readonly pairRefusal: PairRefusal | null;
  /** Volatility forecasts of the requested windows; absent in what an older version kept. */
  readonly volatility?: SigmaByWindow;
  /** Of each model that serves. */
  readonly recalibrations: readonly SymbolRecalibration[];
  /** Quality by labels from `POST /feedback`, kept separate from the labels computed from ticks. */
  readonly feedback: readonly FeedbackQuality[];
}

/** The input besides the monitor. */
interface QualityContext {
  readonly stepMs: number;
  readonly labelStepMs: number | null;
  /** Event time of the newest tick; the age of a cached answer is measured in it. */
  readonly eventMs: number;
  readonly tauBps: number | null;
  readonly volatility: SigmaByWindow;
  readonly feedback: readonly FeedbackCount[];
  readonly recalibrations: readonly SymbolRecalibration[];
  /** Whether each model's curves are wanted. */
  readonly curves: boolean;
}

const MINUTE_MS = 60_000;
const describe = (quality: LiveQuality, name: WindowName, options: WindowOptions): WindowQuality =>
  quality.window(name, options);
const withIntervals = new KeptWindows(describe);
const withCurves = new KeptWindows(describe);

/**
 * Quality over the requested windows, with intervals. They take some ten milliseconds a window, so results are cached
 * for a minute of event time or until other models or thresholds serve.
 */
export function symbolQuality(
  monitor: SymbolMonitor,
  models: ServedModels,
  windows: readonly WindowName[],
  { eventMs, feedback, curves, ...own }: QualityContext,
): SymbolQuality {
  const { quality } = monitor;
  const named = namedModels(models);
  const pairs = comparedPairs(models);
  const kept = curves ? withCurves : withIntervals;
  const described = windows.map((name) =>
    kept.window(quality, name, { pairs, curves }, { eventMs, keptMs: MINUTE_MS }),
  );
  const firstAlertBins = new Map<string, number>();
  for (const { labels } of described) {
    for (const one of labels.flatMap(({ series }) => series)) firstAlertBins.set(one.sha256, one.firstAlertBin);
  }
  return {
    ...own,
    models: named,
    windows: described,
    stats: { ...quality.stats },
    histories: quality.histories,
    pairRefusal: quality.pairRefusal ?? null,
    feedback: feedbackQuality(feedback, firstAlertBins),
  };
}
