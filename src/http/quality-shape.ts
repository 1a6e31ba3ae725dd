// Quality as answers show it, of one symbol or of all.
import type { SymbolQuality } from "../durable/symbol/evaluation/symbol-quality.ts";
import type { NamedModel } from "../model/named-models.ts";
import type { LabelQuality, PairQuality, SeriesQuality, WindowQuality } from "../quality/window-quality.ts";
import { manyVoid, missingComparison, missingFigures, pairRefusalWords } from "../words/missing-words.ts";
import { snakeKeys } from "../words/snake-keys.ts";
import type { Immutable } from "./contract.ts";
import { nameOf } from "./model-name.ts";
import { volatilityShape } from "./volatility-shape.ts";
import type { LabelQualityAnswer, ModelQuality, PairAnswer, SymbolQualityAnswer } from "./quality-schema.ts";
import { shapeModelRecalibration } from "./recalibration-shape.ts";

type Models = readonly NamedModel[];

/** The answer's JSON for the first of the windows. @param bins whether counts per score bin are shown. */
export function shapeQuality(symbol: string, quality: SymbolQuality, bins: boolean): Immutable<SymbolQualityAnswer> {
  const window = quality.windows[0]!;
  const refusal = pairRefusalWords(quality.pairRefusal);
  return {
    symbol,
    window: window.name,
    from: iso(window.fromMs),
    to: iso(window.toMs),
    step_ms: quality.stepMs,
    block_steps: blockSteps(window.name, quality.stepMs),
    interval: INTERVAL_WORDS,
    tau_bps: quality.tauBps,
    labels: window.labels.map((label) => labelShape(quality.models, label, bins)),
    pairs: window.pairs.map((pair) => pairShape(quality.models, pair)),
    volatility: (quality.volatility?.[window.name] ?? []).map((one) => volatilityShape(quality.models, one)),
    experiment:
      refusal === null ? "champion and challenger are compared block by block: see /admin/experiment" : refusal,
    histories: {
      kept: quality.histories.kept,
      most: quality.histories.most,
      next_dropped: quality.histories.nextDropped.map((sha) => nameOf(quality.models, sha)),
    },
    recalibrations: quality.recalibrations.map((one) =>
      shapeModelRecalibration(one, nameOf(quality.models, one.sha256)),
    ),
    feedback: quality.feedback.map(({ sha12, confusion, prAuc, prAucBounds, ...counts }) => ({
      model: nameOf(quality.models, sha12),
      ...counts,
      confusion,
      pr_auc: prAuc,
      pr_auc_bounds: prAucBounds,
      reason: feedbackReason(confusion === null, prAuc === null, counts.spikes),
    })),
    since_creation: snakeKeys(quality.stats),
    missing: missingWords(quality, window),
  };
}

/** Steps of a window's block. */
export function blockSteps(window: WindowQuality["name"], stepMs: number): number {
  return window === "30d" ? Math.round(21_600_000 / stepMs) : 900;
}

const NO_PR_AUC_GAIN = "pr_auc_gain: it needs spikes and calm steps in enough of these blocks for an interval";

export const INTERVAL_WORDS =
  "95 %, Student's t on a jackknife that leaves out one of at most 24 groups of blocks at a time, the same for every " +
  "model; degrees of freedom are the groups with a spike - 1; a figure that has none is null, and `missing` says why";

export function pairShape(models: Models, pair: PairQuality): Immutable<PairAnswer> {
  return {
    reference: nameOf(models, pair.reference),
    model: nameOf(models, pair.model),
    blocks: pair.blocks,
    brier_gain: pair.brierGain,
    pr_auc_gain: pair.prAucGain,
    reason: missingComparison(pair) ?? (pair.prAucGain === null ? NO_PR_AUC_GAIN : null),
  };
}

type Curves = NonNullable<SeriesQuality["curves"]>;
type CurvesAnswer = NonNullable<ModelQuality["curves"]>;

/** @param bins whether counts per score bin are shown. */
export function labelShape(models: Models, label: LabelQuality, bins: boolean): Immutable<LabelQualityAnswer> {
  const { labelText, horizonSteps, tauBps, series, steps, pending, voids, resolved, positives, episodes, blocks } =
    label;
  return {
    label: labelText,
    horizon_steps: horizonSteps,
    scored_steps: steps,
    pending,
    void: voids,
    resolved,
    spikes: positives,
    base_rate: resolved > 0 ? positives / resolved : null,
    episodes,
    blocks,
    tau_bps_mean: tauBps,
    models: series.map((one) => shapeSeries(models, label, one, bins)),
  };
}

function shapeSeries(
  models: Models,
  label: LabelQuality,
  series: SeriesQuality,
  bins: boolean,
): Immutable<ModelQuality> {
  const { sha256, threshold, current, resolved, pending, counts, reliability, curves, ...figures } = series;
  const { blocks, baseRate, firstAlertBin, ...rest } = figures;
  return {
    model: nameOf(models, sha256),
    followed: current,
    threshold,
    resolved,
    pending,
    void: label.voids,
    episodes: label.episodes,
    blocks,
    base_rate: baseRate,
    // The sum behind the Brier score is for sums over symbols.
    ...snakeKeys({ ...rest, squaredErrors: undefined }),
    reliability: reliability.map(({ count, meanProbability, positiveShare }, k) => ({
      from: k / 10,
      to: (k + 1) / 10,
      count,
      mean_probability: meanProbability,
      spike_share: positiveShare,
    })),
    ...(curves === undefined ? {} : { curves: curves && shapeCurves(curves) }),
    ...(bins ? { first_alert_bin: firstAlertBin, counts } : {}),
    missing: missingFigures(label, series),
  };
}

function shapeCurves({ precisionRecall, reliability }: Curves): Immutable<CurvesAnswer> {
  return {
    precision_recall: precisionRecall,
    reliability: reliability.map(({ meanProbability, positiveShare, ...point }) => ({
      ...point,
      mean_probability: meanProbability,
      spike_share: positiveShare,
    })),
  };
}

function missingWords({ models, tauBps, stepMs, labelStepMs }: SymbolQuality, window: WindowQuality): string[] {
  const missing = window.labels.flatMap((label) => manyVoid(label, stepMs, labelStepMs) ?? []);
  if (tauBps === null) missing.push("tau_bps: there is no threshold yet, see `missing` of /predict");
  if (window.toMs === null) missing.push("labels: no step has been scored yet");
  if (!models.some(({ aliases }) => aliases.includes("champion"))) missing.push("champion: no model holds the alias");
  const followed = window.labels.flatMap(({ series }) => series.map(({ sha256 }) => sha256));
  for (const { sha256, aliases } of models) {
    if (!followed.includes(sha256))
      missing.push(`${aliases.join(", ")}: not followed here yet, no step was scored by it`);
  }
  const texts = [...new Set(models.map(({ labelText }) => labelText))];
  if (texts.length > 1) {
    missing.push("comparison: label specs differ, so that figures under different labels must not be compared");
  }
  return missing;
}

function feedbackReason(unknown: boolean, noCurve: boolean, spikes: number): string | null {
  if (unknown) return "confusion: the model has no history here any more, so that its threshold is not known";
  if (noCurve) return `pr_auc: ${spikes === 0 ? "no spike was" : "only spikes were"} told`;
  return null;
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
