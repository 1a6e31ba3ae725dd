// From which probability a symbol's answering models alert, how that changed, and what was reached by the alerts that
// were really given, as a plain value.
import type { Scorer } from "../../../model/artifact.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { loadedScorer } from "../../../model/scorer-at-threshold.ts";
import type { LabelPoints } from "../../../quality/point-figures.ts";
import type { AlertConfusion, AlertedBy } from "../../../threshold/alert-counts.ts";
import type { ModelThreshold } from "../../../threshold/model-threshold.ts";
import { goalWords } from "../../../threshold/operating-goal.ts";
import type { ThresholdChange } from "../../../threshold/threshold-journal.ts";
import type { ThresholdMode } from "../../../settings/learning-settings.ts";
import type { LiveGrid } from "../live-symbol.ts";
import type { ThresholdSource } from "../prediction.ts";

const WINDOWS = { "24h": 24, "30d": 720 } as const;
type WindowName = keyof typeof WINDOWS;

/** Labelled steps of a window: of the blocks of six hours that it touches. */
interface ThresholdWindow {
  readonly fromMs: number;
  /** By the alerts that were given, and by those that either threshold would have given at the time. */
  readonly confusion: Readonly<Record<AlertedBy, AlertConfusion>>;
  /** Of live quality's steps in its own window, as if the threshold of now had been in force all the time. */
  readonly atThreshold: AlertConfusion | null;
}

/** A threshold that follows, whether or not it is served. */
interface FollowedThreshold {
  readonly threshold: number;
  readonly lowest: number;
  readonly highest: number;
  /** Stretches with a spike since the last change, in parts that are complete. */
  readonly stretchesSince: number;
  readonly changeCount: number;
  /** The last ones, the oldest first. */
  readonly changes: readonly (ThresholdChange & { readonly atMs: number })[];
  readonly windows: Readonly<Record<WindowName, ThresholdWindow>>;
}

export interface AliasThreshold {
  readonly alias: "champion" | "challenger";
  readonly sha256: string;
  readonly name: string;
  readonly version: string;
  /** What it alerts by now. */
  readonly threshold: number;
  readonly source: ThresholdSource;
  readonly goal: string;
  readonly manifestThreshold: number;
  /** `null` where nothing follows: it is switched off, or the manifest's goal or score bins do not allow it. */
  readonly followed: FollowedThreshold | null;
}

/** The same without windows, for scrapes. */
export interface ThresholdFigures extends Pick<AliasThreshold, "alias" | "threshold"> {
  /** `null` where nothing follows. */
  readonly followed: number | null;
  readonly changes: number | null;
  /** Of thirty days, by the alerts that were given. */
  readonly served: AlertConfusion | null;
}

export interface SymbolThreshold {
  readonly mode: ThresholdMode;
  readonly aliases: readonly AliasThreshold[];
}

export function symbolThreshold(grid: LiveGrid, models: ServedModels): SymbolThreshold {
  const { mode } = grid.evaluation.learners.of("threshold");
  return { mode, aliases: answering(models, (alias, scorer) => aliasThreshold(grid, alias, scorer)) };
}

export function thresholdFigures(grid: LiveGrid, models: ServedModels): ThresholdFigures[] {
  return answering(models, (alias, scorer) => {
    const { model, threshold } = inForce(grid, scorer);
    const followed = model?.follower.threshold ?? null;
    const served = model?.served.window(WINDOWS["30d"], model.lastIndex).confusion.served ?? null;
    return { alias, threshold, followed, changes: model?.journal.count ?? null, served };
  });
}

function answering<T>({ byAlias }: ServedModels, of: (alias: AliasThreshold["alias"], scorer: Scorer) => T): T[] {
  return (["champion", "challenger"] as const).flatMap((alias) => {
    const scorer = byAlias[alias];
    return scorer === undefined ? [] : [of(alias, scorer)];
  });
}

/** What a model alerts by now. */
function inForce(grid: LiveGrid, scorer: Scorer) {
  const learner = grid.evaluation.learners.of("threshold");
  const model = learner.of(scorer);
  const isServed = model !== undefined && learner.isServed(scorer);
  return { model, isServed, threshold: isServed ? model.follower.threshold : scorer.manifest.threshold };
}

function aliasThreshold(grid: LiveGrid, alias: AliasThreshold["alias"], scorer: Scorer): AliasThreshold {
  const { model, isServed, threshold } = inForce(grid, scorer);
  const { manifest } = scorer;
  const own = loadedScorer(scorer);
  return {
    alias,
    ...{ sha256: manifest.onnxSha256, name: manifest.name, version: manifest.version },
    ...{ threshold, goal: goalWords(manifest.goal), manifestThreshold: own.manifest.threshold },
    source: isServed ? "followed" : own === scorer ? "manifest" : "operator",
    followed: model === undefined ? null : followedThreshold(grid, model, threshold),
  };
}

function followedThreshold(grid: LiveGrid, model: ModelThreshold, threshold: number): FollowedThreshold {
  const { stepMs } = grid.engine.features.config.grid;
  const { follower, journal } = model;
  const [lowest, highest] = follower.bounds;
  const window = (name: WindowName): ThresholdWindow => {
    const { fromStep, confusion } = model.served.window(WINDOWS[name], model.lastIndex);
    const points = grid.evaluation.monitor.quality.points(name);
    return { fromMs: fromStep * stepMs, confusion, atThreshold: confusionAt(points, model, threshold) };
  };
  return {
    ...{ threshold: follower.threshold, lowest, highest },
    stretchesSince: follower.state.stretchesSince,
    changeCount: journal.count,
    changes: journal.changes.map((change) => ({ ...change, atMs: (change.step + 1) * stepMs })),
    windows: { "24h": window("24h"), "30d": window("30d") },
  };
}

/** Exact: the threshold is an edge of the score bins. */
function confusionAt(
  points: readonly LabelPoints[],
  { stated: { sha256, edges } }: ModelThreshold,
  threshold: number,
): AlertConfusion | null {
  const series = points.flatMap((label) => label.series).find((one) => one.sha256 === sha256);
  if (series === undefined) return null;
  const first = edges.indexOf(threshold) + 1;
  const from = (counts: readonly number[], bin: number): number =>
    counts.slice(bin).reduce((sum, count) => sum + count, 0);
  const { calm, spike } = series.counts;
  const [tp, fp] = [from(spike, first), from(calm, first)];
  return { tp, fp, fn: from(spike, 0) - tp, tn: from(calm, 0) - fp };
}
