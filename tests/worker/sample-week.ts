// A weekly report as a gateway with a good day, a drifted symbol, and an empty one would collect it: quality comes from
// the real code over made-up predictions, everything else is written down.
import type { DriftVerdict } from "../../src/drift/drift-verdict.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import type { SigmaFigures } from "../../src/volatility/sigma-figures.ts";
import type { SymbolQuality } from "../../src/durable/symbol/evaluation/symbol-quality.ts";
import type { SymbolThreshold } from "../../src/durable/symbol/evaluation/symbol-threshold.ts";
import type { NamedModel } from "../../src/model/named-models.ts";
import { driftShares } from "../../src/jobs/weekly-report/drift-shares.ts";
import type { SymbolWeek } from "../../src/jobs/weekly-report/symbol-week.ts";
import type { WeeklyReport } from "../../src/jobs/weekly-report/weekly-report.ts";
import type { SymbolDrift } from "../../src/durable/symbol/evaluation/symbol-drift.ts";
import { integers } from "./market.ts";

const HOUR = 3_600_000;
/** Monday morning. */
export const REPORT_MS = Date.UTC(2026, 10, 23, 6, 5);
const LABEL = "trailing-quantile source=last measure=rv horizon=60 window=3600 min=900 quantile=0.9";
const HORIZON = 60;
const FAMILIES = ["logistic", "forest", "zscore", "persistence", "threshold-only", "har"];
const ALIASES = ["champion", "challenger", "zscore", "persistence", "threshold-only", "reference"] as const;

const MODELS: readonly NamedModel[] = ALIASES.map((alias, i) => ({
  sha256: String(i + 1).repeat(64),
  aliases: [alias],
  name: `volatility-${alias}`,
  version: `2026-11-${16 + i}`,
  family: FAMILIES[i]!,
  threshold: 0.3,
  labelText: LABEL,
}));

/** Live quality after so many steps of a market with wild stretches, which better models see better. */
export function sampleQuality(steps: number, seed: number): LiveQuality {
  const quality = new LiveQuality(1000);
  quality.setSeries(
    MODELS.map(({ sha256, threshold }) => ({ sha256, threshold, labelText: LABEL, spec: 0, horizonSteps: HORIZON })),
    { champion: MODELS[0]!.sha256, challenger: MODELS[1]!.sha256 },
  );
  const below = integers(seed);
  const first = REPORT_MS / 1000 - steps;
  const outcomes: number[] = [];
  for (let k = 0; k < steps; k++) {
    const wild = below(1000) < (Math.floor(k / 240) % 7 === 3 ? 620 : 40) ? 1 : 0;
    outcomes.push(wild);
    const probabilities = MODELS.map((_, i) => {
      const noise = (below(1000) / 1000 - 0.5) * (0.25 + 0.12 * i);
      const seen = Math.floor(k / 240) % 7 === 3 ? 0.5 : 0.09;
      return Math.min(Math.max(seen + noise, 0.01), 0.95);
    });
    const labels = [k < HORIZON ? -1 : outcomes[k - HORIZON]!];
    quality.update({ index: first + k, segmentStart: k === 0, counts: true, labels, taus: [0.00042], probabilities });
  }
  return quality;
}

export function describeQuality(quality: LiveQuality): SymbolQuality {
  const sha = (alias: (typeof ALIASES)[number]): string => MODELS[ALIASES.indexOf(alias)]!.sha256;
  const champion = sha("champion");
  const pairs = [
    [champion, sha("challenger")],
    [sha("zscore"), champion],
    [sha("persistence"), champion],
    [sha("threshold-only"), champion],
    [sha("reference"), champion],
  ] as const;
  return {
    stepMs: 1000,
    labelStepMs: 1000,
    tauBps: 4.31,
    models: MODELS,
    windows: (["24h", "30d"] as const).map((name) => quality.window(name, { pairs })),
    volatility: { "24h": [sigmaFigures(champion)], "30d": [{ ...sigmaFigures(champion), corrected: null }] },
    stats: { ...quality.stats },
    histories: quality.histories,
    pairRefusal: null,
    recalibrations: [sampleRecalibration(champion)],
    feedback: [],
  };
}

function sampleRecalibration(sha256: string): SymbolQuality["recalibrations"][number] {
  const figures = (ece: number, brierSkill: number) => {
    return { rows: 1_814_400, positives: 181_200, brier: 0.073, brierSkill, ece };
  };
  const [slope, level] = [0.91, -0.18];
  return {
    sha256,
    facts: { state: "serving", slope, level, labels: 412_033, eValue: 0.02, sinceMs: REPORT_MS - 500 * HOUR },
    prior: null,
    months: [
      {
        month: "2026-10",
        raw: figures(0.0171, 0.18),
        recalibrated: figures(0.0021, 0.2),
        served: figures(0.0171, 0.18),
      },
      {
        month: "2026-11",
        raw: figures(0.0126, 0.19),
        recalibrated: figures(0.0013, 0.2),
        served: figures(0.0019, 0.2),
      },
    ],
    changes: [],
  };
}

/** A champion's that follows, with a change before the week and so many in it. */
function sampleThreshold(changesInWeek: number): SymbolThreshold {
  const { sha256, name, version } = MODELS[0]!;
  const changes = Array.from({ length: changesInWeek + 1 }, (_, i) => {
    const atMs = i === 0 ? REPORT_MS - 200 * HOUR : REPORT_MS - (100 - 10 * i) * HOUR;
    const counts = { rows: 171_204.3, positives: 2_034.1, alerts: 4_961.7, truePositives: 1_631.2, stretches: 91.6 };
    return { atMs, step: atMs / 1000 - 1, from: 0.3 - 0.01 * i, to: 0.29 - 0.01 * i, reached: true, ...counts };
  });
  const none = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const window = {
    fromMs: REPORT_MS - 24 * HOUR,
    confusion: { served: none, stated: none, followed: none },
    atThreshold: null,
  };
  return {
    mode: "on",
    aliases: [
      {
        alias: "champion",
        ...{ sha256, name, version, threshold: 0.29, source: "followed", goal: "recall at least 0.8" },
        manifestThreshold: 0.3,
        followed: {
          ...{ threshold: 0.29, lowest: 0.06, highest: 0.72, stretchesSince: 12, changeCount: changes.length, changes },
          windows: { "24h": window, "30d": window },
        },
      },
    ],
  };
}

function sigmaFigures(sha256: string): SigmaFigures {
  const pinball = [0.07, 0.18, 0.09];
  return {
    sha256,
    labels: 21_000,
    qlike: 0.312,
    compared: { labels: 20_000, qlike: 0.309, ewma: 0.371, har: 0.324 },
    quantileLabels: 20_000,
    corrected: { coverage: [0.098, 0.503, 0.901], insideInterval: 0.803, pinball, width: 1.18 },
    uncorrected: { coverage: [0.124, 0.521, 0.882], insideInterval: 0.758, pinball, width: 1.06 },
    missingLabels: 0,
  };
}

const COLUMNS = [
  "rv_10",
  "rv_60",
  "rv_300",
  "ewma_60",
  "parkinson_300",
  "spread_rel",
  "imbalance",
  "ticks_ratio",
  "age",
  "probability",
];

function verdict(toMs: number, drifted: number): DriftVerdict {
  return {
    window: "1h",
    fromMs: toMs - HOUR,
    toMs,
    rows: 180,
    modelSha: MODELS[0]!.sha256,
    verdict: drifted > 2 ? "drift" : "ok",
    reason: null,
    features: COLUMNS.map((name, i) => ({
      name,
      wasserstein: i < drifted ? 0.4 + i / 20 : 0.05 + i / 100,
      psi: 0.08 + i / 50,
      ks: 0.1 + i / 60,
      jensenShannon: 0.06,
      threshold: 0.31,
      drifted: i < drifted,
      presence: null,
      driftedAtTenth: i < drifted || i > 4,
      missingShare: 0,
      referenceMissingShare: 0,
    })),
    driftedShare: drifted / COLUMNS.length,
    datasetThreshold: 0.22,
    largestRatio: (drifted > 0 ? 0.4 + (drifted - 1) / 20 : 0.05 + (COLUMNS.length - 1) / 100) / 0.31,
    largestRatioFeature: COLUMNS[drifted > 0 ? drifted - 1 : COLUMNS.length - 1]!,
    datasetRatioThreshold: 2.1,
    alarmedBy: drifted > 2 ? ["share"] : [],
    evidentlyShare: 0.6,
    nullWindows: 412,
    alpha: 0.05,
  };
}

export function sampleDrift(driftedHours: number): SymbolDrift {
  const endMs = REPORT_MS - (REPORT_MS % HOUR);
  const below = integers(5);
  const verdicts = Array.from({ length: 44 }, (_, h) =>
    verdict(endMs - (43 - h) * HOUR, h >= 44 - driftedHours ? 5 : below(3)),
  );
  return {
    latest: { "1h": verdicts.at(-1)!, "24h": null },
    history: verdicts.map(({ window, toMs, driftedShare, datasetThreshold, verdict: said, ...verdict }) => {
      const { largestRatio, datasetRatioThreshold: ratioThreshold } = verdict;
      return { window, toMs, driftedShare, threshold: datasetThreshold, largestRatio, ratioThreshold, verdict: said };
    }),
    concept:
      driftedHours === 0
        ? []
        : [{ atMs: endMs - 2 * HOUR, detector: "page-hinkley", what: "error", meanBefore: 0.081, meanAfter: 0.142 }],
  };
}

/** @param steps length of the streams; some hours make every figure exist. */
export function sampleWeek(steps = 21_600): WeeklyReport & { readonly symbols: readonly SymbolWeek[] } {
  const fromMs = REPORT_MS - 7 * 24 * HOUR;
  const symbols = (["BTC-USD", "ETH-USD"] as const).map((symbol, i) => {
    const drift = sampleDrift(3 * i);
    return {
      symbol,
      quality: describeQuality(sampleQuality(steps, 11 + i)),
      drift: { ...drift, shares: driftShares(drift, fromMs) },
      threshold: sampleThreshold(5 * i),
      missing: [],
    };
  });
  return {
    format: 1,
    fromMs,
    toMs: REPORT_MS,
    symbols: [
      ...symbols,
      { symbol: "SOL-USD", quality: null, drift: null, threshold: null, missing: ["its object did not answer"] },
    ],
    alerts: [
      {
        firing: {
          id: `ETH-USD:drift:${REPORT_MS - 2 * HOUR}`,
          symbol: "ETH-USD",
          rule: "drift",
          state: "firing",
          severity: DEFAULT_ALERT_LIMITS.drift.severity,
          atMs: REPORT_MS - 2 * HOUR,
          sinceMs: REPORT_MS - 4 * HOUR,
          summary:
            "ETH-USD: 50.0 % of the features drifted in the hour to 2026-11-23 04:00, the limit is 22.0 %; worst rv_10, rv_60.",
          figures: { drifted_share: 0.5 },
          model: MODELS[0]!.sha256,
        },
        resolvedMs: null,
      },
    ],
    evidenceRates: { pr_auc_fell: 0.01, not_better_than_baseline: 0.01, calibration: 0.02 },
    experiment: {
      experiment: {
        id: "3-11111111-22222222",
        mode: "split",
        share: 0.1,
        auto: false,
        startedMs: REPORT_MS - 70 * HOUR,
        champion: MODELS[0]!.sha256,
        challenger: MODELS[1]!.sha256,
        tries: 1,
      },
      code: "wait",
      missing: ["e_value: 1.83, needs 20", "episodes: 12, needs 30"],
      comparison: {
        path: [],
        pooled: {
          verdict: "wait",
          missing: [],
          eValue: 1.83,
          logE: 0.604,
          lambda: 0.2,
          blocks: 41,
          rows: 30_000,
          positives: 2_900,
          episodes: 12,
          meanGain: { value: 0.0021, low: -0.0008, high: 0.005 },
          needs: { eValue: 20, episodes: 30 },
        },
        symbols: [],
        unanswered: ["SOL-USD"],
        otherPair: [],
      },
      effectiveShare: 0.098,
      gateReasons: [],
    },
    changes: [
      {
        seq: 7,
        atMs: REPORT_MS - 70 * HOUR,
        what: "challenger",
        from: null,
        to: MODELS[1]!.sha256,
        by: "admin",
        figures: null,
        with: null,
      },
    ],
    missing: [],
  };
}
