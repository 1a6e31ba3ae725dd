// The facts for a symbol's alert rules, from its monitor: the champion's figures of the last 24 h and the newest
// verdict.
import type { DriftVerdict, FeatureDrift } from "../../../drift/drift-verdict.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { AlertFacts, DriftFact } from "../../../quality/alerts/alert-facts.ts";
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { WindowQuality } from "../../../quality/window-quality.ts";
import { KeptWindows } from "../evaluation/kept-windows.ts";
import type { SymbolMonitor } from "../evaluation/symbol-monitor.ts";

const WORST_FEATURES = 5;

type Pairs = readonly (readonly [reference: string, model: string])[];

const MINUTE_MS = 60_000;
const keptWindows = new KeptWindows((quality: LiveQuality, name, pairs: Pairs) => quality.window(name, { pairs }));

/**
 * The window is at most a minute of event time old: for who asks, at any rate.
 * @param eventMs the newest tick's time.
 */
export function keptAlertFactsOf(monitor: SymbolMonitor, models: ServedModels, eventMs: number): AlertFacts {
  const age = { eventMs, keptMs: MINUTE_MS };
  return { ...factsOf(monitor, models, (pairs) => keptWindows.window(monitor.quality, "24h", pairs, age)), eventMs };
}

/** Everything but the silence of the feed. Computes a window's intervals: some ten milliseconds. */
export function alertFactsOf(monitor: SymbolMonitor, models: ServedModels, eventMs: number): AlertFacts {
  return { ...factsOf(monitor, models, (pairs) => monitor.quality.window("24h", { pairs })), eventMs };
}

function factsOf(monitor: SymbolMonitor, models: ServedModels, windowOf: (pairs: Pairs) => WindowQuality): AlertFacts {
  const champion = models.byAlias.champion?.manifest;
  const reference = models.byAlias.reference?.manifest;
  if (champion === undefined) return { model: null, errorShare: monitor.failures.value };
  const sha256 = champion.onnxSha256;
  const pairs =
    reference === undefined || reference.onnxSha256 === sha256 ? [] : [[reference.onnxSha256, sha256] as const];
  const window = windowOf(pairs);
  const label = window.labels.find(({ series }) => series.some((one) => one.sha256 === sha256));
  const newest = monitor.drift.latest("1h");
  const own = label?.series.find((one) => one.sha256 === sha256);
  return {
    model: sha256,
    window: "24 h",
    prAuc: { live: own?.prAuc ?? null, manifest: champion.evaluation?.prAuc ?? null },
    baseRate: { live: own?.baseRate ?? null, manifest: champion.evaluation?.baseRate ?? null },
    referenceGain: window.pairs[0]?.brierGain ?? null,
    referenceFamily: reference?.family ?? null,
    resolved: own?.resolved ?? 0,
    blocks: own?.blocks ?? 0,
    episodes: label?.episodes ?? 0,
    // A stand-in serves that the monitor does not follow: what is known of the champion says nothing of it.
    evidence: monitor.evidence?.model === sha256 ? monitor.evidence.facts : null,
    drift: newest === null ? null : driftFactOf(newest),
    calibration: { difference: own?.realisedMinusExpected.baseRate ?? null },
    errorShare: monitor.failures.value,
  };
}

/** The facts of a closed window for the drift rule. A verdict of before `presence` was judged has none. */
export function driftFactOf(verdict: DriftVerdict): DriftFact {
  const excess = ({ wasserstein, threshold, presence }: FeatureDrift): number =>
    (presence ?? null) === null ? (wasserstein ?? 0) / (threshold ?? Infinity) : Number.MAX_VALUE;
  const worst = verdict.features.filter(({ drifted }) => drifted === true).sort((a, b) => excess(b) - excess(a));
  return {
    verdict: verdict.verdict,
    driftedShare: verdict.driftedShare,
    threshold: verdict.datasetThreshold,
    largestRatio: verdict.largestRatio,
    largestRatioFeature: verdict.largestRatioFeature,
    ratioThreshold: verdict.datasetRatioThreshold,
    windowEndMs: verdict.toMs,
    worstFeatures: worst
      .slice(0, WORST_FEATURES)
      .map(({ name, presence }) => ((presence ?? null) === null ? name : `${name} (${presence})`)),
    alpha: verdict.alpha,
    modelSha: verdict.modelSha,
  };
}
