// A symbol's quality and drift as numbers for scrapes and sums over symbols. Cheap, because there are no intervals;
// `SymbolQuality` has the intervals, for people.
import type { DriftJudgement } from "../../../drift/drift-verdict.ts";
import type { DriftWindowName } from "../../../drift/drift-reference.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { type EvidenceShares, evidenceShares } from "../../../quality/alert-evidence/evidence-shares.ts";
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { LabelPoints, SeriesPoints } from "../../../quality/point-figures.ts";
import type { QualityStats } from "../../../quality/quality-state.ts";
import { ScoreBins } from "../../../quality/score-bins.ts";
import type { LabelCounts, SeriesCounts, SeriesFigures, WindowName } from "../../../quality/window-quality.ts";
import type { SigmaFigures } from "../../../volatility/sigma-figures.ts";
import { KeptWindows } from "./kept-windows.ts";
import { SCORED, type ScoredAlias } from "../../../model/scored-alias.ts";
import type { GridLearners } from "../learning/learner-table.ts";
import type { SigmaByWindow } from "./symbol-quality.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import { type RecalibrationFigures, recalibrationFigures } from "./symbol-recalibration.ts";
import type { ThresholdFigures } from "./symbol-threshold.ts";

/** One alias in one window; a figure is `null` if it does not exist or fewer than two blocks have resolved steps. */
export interface AliasFigures
  extends
    Pick<
      SeriesCounts,
      "sha256" | "threshold" | "firstAlertBin" | "baseRate" | "resolved" | "pending" | "blocks" | "squaredErrors"
    >,
    Pick<LabelCounts, "labelText" | "voids" | "episodes" | "tauBps">,
    Pick<SeriesFigures<number>, "prAuc" | "lift" | "rocAuc" | "brier" | "logLoss" | "ece"> {
  readonly alias: ScoredAlias;
  readonly window: WindowName;
  readonly version: string;
  readonly expectedBaseRate: number | null;
  /** This and the next field are `null` unless requested. */
  readonly counts: SeriesCounts["counts"] | null;
  readonly reliability: SeriesCounts["reliability"] | null;
  /** `null` unless requested. */
  readonly episodeBlocks: LabelPoints["episodeBlocks"] | null;
  /** Of the champion, and `null` unless requested. */
  readonly levels: SeriesPoints["levels"];
}

export interface DriftFigures {
  readonly window: DriftWindowName;
  readonly verdict: DriftJudgement;
  readonly driftedShare: number | null;
  readonly threshold: number | null;
  /** The largest ratio of a distance to its own threshold, and its limit. */
  readonly largestRatio: number | null;
  readonly ratioThreshold: number | null;
}

/** The volatility forecast of one alias in one window. */
interface AliasSigma extends SigmaFigures {
  readonly alias: "champion" | "challenger";
  readonly window: WindowName;
}

export interface SymbolFigures {
  readonly aliases: readonly AliasFigures[];
  readonly recalibrations: readonly RecalibrationFigures[];
  /** Of aliases whose models give one; absent in answers of older versions. */
  readonly volatility?: readonly AliasSigma[];
  readonly stats: QualityStats;
  readonly drift: readonly DriftFigures[];
  /** Of the models that answer; absent in answers of older versions. */
  readonly thresholds?: readonly ThresholdFigures[];
  /** Evidence of the rules on live quality over its limit, see `evidenceShares`; absent where no alerts are judged. */
  readonly evidence?: EvidenceShares;
  /** Pages of quality, of drift and of what learns from labels that were unreadable when the object was loaded. */
  readonly damagedPages: number;
  /** Batches that the monitor failed on, since the object was loaded. */
  readonly monitorErrors: number;
  /** Whether its models are not the gateway's, but those of its own grid. */
  readonly hasOwnModels: boolean;
}

interface FiguresContext extends Required<Pick<SymbolFigures, "thresholds">> {
  /** Event time of the newest tick. */
  readonly eventMs: number;
  readonly monitorErrors: number;
  /** What learns from the grid's labels. */
  readonly learners: GridLearners;
  readonly hasOwnModels: boolean;
  readonly volatility: SigmaByWindow;
  /** Whether counts per score bin and reliability bins are wanted. */
  readonly counts: boolean;
}

const MINUTE_MS = 60_000;
/**
 * Reuse of windows between scrapes: a day at 1 s steps takes some milliseconds per symbol, too much for every scrape of
 * many symbols. A quarter of an hour replaces one hundredth of a day's steps. The 1 h window is at most a minute old.
 */
const SCRAPED_MS: Readonly<Record<WindowName, number>> = { "1h": MINUTE_MS, "24h": 900_000, "30d": 900_000 };

const forScrapes = new KeptWindows((quality: LiveQuality, name): LabelPoints[] => quality.points(name), {
  staggered: true,
});
const forSums = new KeptWindows((quality: LiveQuality, name): LabelPoints[] => quality.points(name, true));

/** The figures of every scored alias in every requested window, and of the newest drift windows. */
export function symbolFigures(
  monitor: SymbolMonitor,
  models: ServedModels,
  windows: readonly WindowName[],
  { eventMs, monitorErrors, learners, hasOwnModels, counts, volatility, thresholds }: FiguresContext,
): SymbolFigures {
  const { quality, drift } = monitor;
  const damagedPages = monitor.damagedPages + learners.damagedPages;
  const aliases = windows.flatMap((window) => {
    const labels = counts
      ? forSums.window(quality, window, undefined, { eventMs, keptMs: MINUTE_MS })
      : forScrapes.window(quality, window, undefined, { eventMs, keptMs: SCRAPED_MS[window] });
    return SCORED.flatMap((alias) => {
      const manifest = models.byAlias[alias]?.manifest;
      const label = labels.find(({ series }) => series.some(({ sha256 }) => sha256 === manifest?.onnxSha256));
      const series = label?.series.find(({ sha256 }) => sha256 === manifest?.onnxSha256);
      if (manifest === undefined || label === undefined || series === undefined) return [];
      return aliasFigures({ alias, window, manifest, counts }, label, series);
    });
  });
  const verdicts = (["1h", "24h"] as const).flatMap((window): DriftFigures[] => {
    const latest = drift.latest(window);
    if (latest === null) return [];
    const { verdict, driftedShare, datasetThreshold, largestRatio, datasetRatioThreshold } = latest;
    const limits = { threshold: datasetThreshold, ratioThreshold: datasetRatioThreshold };
    return [{ window, verdict, driftedShare, largestRatio, ...limits }];
  });
  const recalibrations = recalibrationFigures(learners, models);
  const evidence = evidenceShares(monitor.evidence?.facts ?? null);
  const learnt = { recalibrations, volatility: sigmaOfAliases(models, windows, volatility), thresholds };
  const others = { stats: { ...quality.stats }, drift: verdicts, evidence, damagedPages, monitorErrors, hasOwnModels };
  return { aliases, ...learnt, ...others };
}

function sigmaOfAliases(
  { byAlias }: ServedModels,
  windows: readonly WindowName[],
  volatility: SigmaByWindow,
): AliasSigma[] {
  return windows.flatMap((window) =>
    (["champion", "challenger"] as const).flatMap((alias) => {
      const sha256 = byAlias[alias]?.manifest.onnxSha256;
      const found = volatility[window]?.find((figures) => figures.sha256 === sha256);
      return found === undefined ? [] : [{ alias, window, ...found }];
    }),
  );
}

interface ServedFigures {
  readonly manifest: Manifest;
  readonly counts: boolean;
}

/** Under the threshold that serves now, whatever it was when the symbol last closed a step. */
function aliasFigures(
  { alias, window, manifest, counts }: Pick<AliasFigures, "alias" | "window"> & ServedFigures,
  { labelText, voids, episodes, tauBps, episodeBlocks }: LabelPoints,
  series: SeriesPoints,
): AliasFigures {
  const { version, threshold, scoreEdges } = manifest;
  const { firstAlertBin } = new ScoreBins(threshold, scoreEdges ?? []);
  const { sha256, baseRate, resolved, pending, blocks, squaredErrors } = series;
  const { prAuc, lift, rocAuc, brier, logLoss, ece } = series;
  return {
    ...{ alias, window, version },
    ...{ sha256, threshold, firstAlertBin, baseRate, resolved, pending, blocks, squaredErrors },
    ...{ labelText, voids, episodes, tauBps },
    ...{ prAuc, lift, rocAuc, brier, logLoss, ece },
    expectedBaseRate: series.expected.baseRate,
    counts: counts ? series.counts : null,
    reliability: counts ? series.reliability : null,
    episodeBlocks: counts ? episodeBlocks : null,
    levels: alias === "champion" ? series.levels : null,
  };
}
