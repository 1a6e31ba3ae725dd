// The facts for a symbol's alert rules, from its monitor: the champion's figures of the last 24 h and the newest
// verdict.
import type { DriftVerdict } from "../../../drift/drift-verdict.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { AlertFacts, DriftFact } from "../../../quality/alerts/alert-facts.ts";
import type { SymbolMonitor } from "../evaluation/symbol-monitor.ts";

const WORST_FEATURES = 5;

/** All facts except the feed's silence. Computes a window's intervals, which takes some ten milliseconds. */
export function alertFactsOf(monitor: SymbolMonitor, models: ServedModels): AlertFacts {
  const champion = models.byAlias.champion?.manifest;
  const persistence = models.byAlias.persistence?.manifest;
  if (champion === undefined) return { model: null, errorShare: monitor.failures.value };
  const sha256 = champion.onnxSha256;
  const pairs =
    persistence === undefined || persistence.onnxSha256 === sha256 ? [] : [[persistence.onnxSha256, sha256] as const];
  const window = monitor.quality.window("24h", { pairs });
  const label = window.labels.find(({ series }) => series.some((one) => one.sha256 === sha256));
  const newest = monitor.drift.latest("1h");
  const own = label?.series.find((one) => one.sha256 === sha256);
  return {
    model: sha256,
    window: "24 h",
    prAuc: { live: own?.prAuc ?? null, manifest: champion.evaluation?.prAuc ?? null },
    baseRate: { live: own?.baseRate ?? null, manifest: champion.evaluation?.baseRate ?? null },
    persistenceGain: window.pairs[0]?.brierGain ?? null,
    resolved: own?.resolved ?? 0,
    blocks: own?.blocks ?? 0,
    episodes: label?.episodes ?? 0,
    drift: newest === null ? null : driftFactOf(newest),
    calibration: { difference: own?.realisedMinusExpected.baseRate ?? null },
    errorShare: monitor.failures.value,
  };
}

/** The facts of a closed window for the drift rule. */
export function driftFactOf(verdict: DriftVerdict): DriftFact {
  const excess = (feature: { wasserstein: number | null; threshold: number | null }): number =>
    (feature.wasserstein ?? 0) / (feature.threshold ?? Infinity);
  const worst = verdict.features.filter(({ drifted }) => drifted === true).sort((a, b) => excess(b) - excess(a));
  return {
    verdict: verdict.verdict,
    driftedShare: verdict.driftedShare,
    threshold: verdict.datasetThreshold,
    largestRatio: verdict.largestRatio,
    largestRatioFeature: verdict.largestRatioFeature,
    ratioThreshold: verdict.datasetRatioThreshold,
    windowEndMs: verdict.toMs,
    worstFeatures: worst.slice(0, WORST_FEATURES).map(({ name }) => name),
    modelSha: verdict.modelSha,
  };
}
