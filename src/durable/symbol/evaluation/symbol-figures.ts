// A symbol's quality and drift as bare numbers, for scrapes and for sums over symbols: no intervals, and so no cost to
// speak of. Whoever shows them to people shows `SymbolQuality`.
import type { DriftJudgement } from "../../../drift/drift-verdict.ts";
import type { DriftWindowName } from "../../../drift/drift-reference.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { LiveQuality, QualityStats } from "../../../quality/live-quality.ts";
import type { LabelQuality, SeriesQuality, WindowName, WindowQuality } from "../../../quality/window-quality.ts";
import { KeptWindows } from "./kept-windows.ts";
import { SCORED, type ScoredAlias } from "../scoring.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";

/** What figures with an interval are in `SeriesQuality`. */
const FIGURES = ["prAuc", "lift", "rocAuc", "brier", "logLoss", "ece"] as const;

/** One alias in one window; `null` where a figure does not exist, or fewer than two blocks have resolved steps. */
export interface AliasFigures extends Readonly<Record<(typeof FIGURES)[number], number | null>> {
  readonly alias: ScoredAlias;
  readonly window: WindowName;
  readonly sha256: string;
  readonly version: string;
  readonly labelText: string;
  readonly threshold: number;
  /** The lowest score bin that alerts. */
  readonly firstAlertBin: number;
  readonly baseRate: number | null;
  readonly expectedBaseRate: number | null;
  readonly resolved: number;
  readonly pending: number;
  readonly voids: number;
  readonly episodes: number;
  readonly blocks: number;
  readonly tauBps: number | null;
  readonly counts: SeriesQuality["counts"] | null;
  readonly reliability: SeriesQuality["reliability"] | null;
}

export interface DriftFigures {
  readonly window: DriftWindowName;
  readonly verdict: DriftJudgement;
  readonly driftedShare: number | null;
  readonly threshold: number | null;
  /** The largest distance over its own threshold, and its limit. */
  readonly largestRatio: number | null;
  readonly ratioThreshold: number | null;
}

export interface SymbolFigures {
  readonly aliases: readonly AliasFigures[];
  readonly stats: QualityStats;
  readonly drift: readonly DriftFigures[];
  /** Pages of quality and drift that could not be read when the object was loaded. */
  readonly damagedPages: number;
  /** Batches that could not be learned from, since the object was loaded. */
  readonly monitorErrors: number;
}

export interface FiguresContext {
  /** Event time of the newest tick. */
  readonly eventMs: number;
  readonly monitorErrors: number;
  /** Whether counts per score bin and reliability bins are wanted. */
  readonly counts: boolean;
}

/** One draw is the least that gives figures; what it says of their uncertainty is dropped. */
const NO_INTERVALS = { resamples: 1 };
const MINUTE_MS = 60_000;
/**
 * To look through a day of seconds takes some ten milliseconds a symbol: too much for every scrape of many. A quarter of an
 * hour changes a day's figures by a hundredth of what they stand on; an hour's are as new as the minute.
 */
const SCRAPED_MS: Readonly<Record<WindowName, number>> = { "1h": MINUTE_MS, "24h": 900_000, "30d": 900_000 };

const forScrapes = new KeptWindows({ staggered: true });
const forSums = new KeptWindows();

/** The figures of every scored alias in every window asked for, and of the newest drift windows. */
export function symbolFigures(
  monitor: SymbolMonitor,
  models: ServedModels,
  windows: readonly WindowName[],
  { eventMs, monitorErrors, counts }: FiguresContext,
): SymbolFigures {
  const { quality, drift, damagedPages } = monitor;
  const aliases = windows.flatMap((name) => {
    const { labels } = keptWindow(quality, name, eventMs, counts);
    return SCORED.flatMap((alias) => {
      const manifest = models.byAlias[alias]?.manifest;
      const label = labels.find(({ series }) => series.some(({ sha256 }) => sha256 === manifest?.onnxSha256));
      const series = label?.series.find(({ sha256 }) => sha256 === manifest?.onnxSha256);
      if (manifest === undefined || label === undefined || series === undefined) return [];
      return aliasFigures({ alias, window: name, version: manifest.version, counts }, label, series);
    });
  });
  const verdicts = (["1h", "24h"] as const).flatMap((window): DriftFigures[] => {
    const latest = drift.latest(window);
    if (latest === null) return [];
    const { verdict, driftedShare, datasetThreshold, largestRatio, datasetRatioThreshold } = latest;
    const limits = { threshold: datasetThreshold, ratioThreshold: datasetRatioThreshold };
    return [{ window, verdict, driftedShare, largestRatio, ...limits }];
  });
  return { aliases, stats: { ...quality.stats }, drift: verdicts, damagedPages, monitorErrors };
}

function keptWindow(quality: LiveQuality, name: WindowName, eventMs: number, counts: boolean): WindowQuality {
  return counts
    ? forSums.window(quality, name, { ...NO_INTERVALS, eventMs, keptMs: MINUTE_MS })
    : forScrapes.window(quality, name, { ...NO_INTERVALS, eventMs, keptMs: SCRAPED_MS[name] });
}

function aliasFigures(
  { alias, window, version, counts }: Pick<AliasFigures, "alias" | "window" | "version"> & { readonly counts: boolean },
  label: LabelQuality,
  series: SeriesQuality,
): AliasFigures {
  const values = Object.fromEntries(FIGURES.map((name) => [name, series[name]?.value ?? null]));
  return {
    ...(values as Record<(typeof FIGURES)[number], number | null>),
    alias,
    window,
    version,
    sha256: series.sha256,
    labelText: label.labelText,
    threshold: series.threshold,
    firstAlertBin: series.firstAlertBin,
    baseRate: series.baseRate,
    expectedBaseRate: series.expected.baseRate,
    resolved: series.resolved,
    pending: series.pending,
    voids: label.voids,
    episodes: label.episodes,
    blocks: series.blocks,
    tauBps: label.tauBps,
    counts: counts ? series.counts : null,
    reliability: counts ? series.reliability : null,
  };
}
