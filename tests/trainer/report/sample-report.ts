// Made-up run reports for the tests of the HTML page: many folds, one fold, almost nothing, and hostile names.
import type { Evaluation, Figure } from "../../../src/model/manifest-evaluation.ts";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../../trainer/evaluate/metrics/brier-score.ts";
import type { SymbolReport } from "../../../trainer/evaluate/symbol-figures.ts";
import type {
  FamilyCurves,
  FamilyReport,
  FeatureImportance,
  FoldReport,
  PairedFigures,
  RunReport,
} from "../../../trainer/run/run-report.ts";

const START_MS = Date.UTC(2025, 11, 6, 1, 0, 0);
const HOUR_MS = 3_600_000;
const FEATURES = [
  "ewma_60_over_tau",
  "rv_60_over_tau",
  "parkinson_300_over_tau",
  "rv_900_over_tau",
  "tick_rate_10_over_300",
  "range_300_over_tau",
  "ewma_15_over_ewma_60",
  "bipower_300_over_tau",
  "jump_share_60",
  "spread_over_mean_900",
  "net_return_60_over_rv",
  "age_of_last_tick",
  "imbalance_distance_60",
  "rv_10_over_rv_60",
];

/** Family, whether a baseline, how well its made-up scores separate (in standard deviations), boldness. */
const FAMILIES: readonly (readonly [string, boolean, number, number])[] = [
  ["zscore", true, 0.25, 0.4],
  ["persistence", true, 0.95, 0.9],
  ["threshold-only", true, 0.6, 0.8],
  ["logistic", false, 1.1, 1],
  ["forest", false, 1.05, 1.2],
  ["gbdt", false, 1.25, 1.1],
  ["gbdt-monotone", false, 1.35, 1],
  ["blend", false, 1.4, 1],
  ["har", false, 1.15, 1],
];

/** A seeded generator of uniform numbers, so that the samples never change. */
function uniformFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

function around(value: number, halfWidth: number): Figure {
  return { value, low: value - halfWidth, high: value + halfWidth };
}

interface Scored {
  readonly labels: Uint8Array;
  readonly probabilities: Float32Array;
}

function makeScores(separation: number, boldness: number, seed: number, rows = 3000): Scored {
  const uniform = uniformFrom(seed);
  const labels = new Uint8Array(rows);
  const probabilities = new Float32Array(rows);
  for (let k = 0; k < rows; k += 1) {
    labels[k] = uniform() < 0.11 ? 1 : 0;
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const logit = -2.09 - (separation * separation) / 2 + separation * (normal + separation * labels[k]!);
    probabilities[k] = 1 / (1 + Math.exp(-boldness * (logit + 2.09) + 2.09));
  }
  return { labels, probabilities };
}

function makeCurves({ labels, probabilities }: Scored): FamilyCurves {
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  let hits = 0;
  const precisionRecall = order
    .map((k, i) => ({ recall: (hits += labels[k]!) / positives, precision: hits / (i + 1) }))
    .filter((_, i) => i % 15 === 14);
  const binOf = (bins: number) => (p: number) => Math.min(bins - 1, Math.floor(p * bins));
  const reliability = Array.from({ length: 10 }, (_, bin) => order.filter((k) => binOf(10)(probabilities[k]!) === bin))
    .filter((rows) => rows.length > 0)
    .map((rows) => ({
      count: rows.length,
      meanProbability: rows.reduce((sum, k) => sum + probabilities[k]!, 0) / rows.length,
      observed: rows.reduce((sum, k) => sum + labels[k]!, 0) / rows.length,
    }));
  const histogramOf = (label: number) => {
    const counts = new Array<number>(50).fill(0);
    for (const k of order) if (labels[k] === label) counts[binOf(50)(probabilities[k]!)]! += 1;
    return counts;
  };
  return { precisionRecall, reliability, histogram: { calm: histogramOf(0), spike: histogramOf(1) } };
}

function makeEvaluation({ labels, probabilities }: Scored, episodes: number): Evaluation {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const baseRate = positives / labels.length;
  const prAuc = averagePrecision(labels, probabilities);
  const brier = brierScore(labels, probabilities);
  const width = 0.55 / Math.sqrt(episodes);
  return {
    method: "purged expanding walk-forward; intervals: jackknife t over 24 groups of 96 blocks, 20 with a spike",
    rows: labels.length,
    positives,
    episodes,
    baseRate,
    prAuc: around(prAuc, width),
    lift: around(prAuc / baseRate, width / baseRate),
    rocAuc: around(0.6 + prAuc / 2, 0.06),
    brier: around(brier, 0.015),
    brierSkill: around(1 - brier / (baseRate * (1 - baseRate)), 0.08),
    logLoss: around(0.31, 0.03),
    ece: around(0.018, 0.009),
    precision: 0.344,
    recall: 0.512,
    f1: 0.411,
  };
}

function makeImportance(seed: number, monotone: boolean): FeatureImportance[] {
  const uniform = uniformFrom(seed);
  const weights = FEATURES.map((_, i) => uniform() * Math.exp(-i / 4));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return FEATURES.map((feature, i) => ({
    feature,
    share: weights[i]! / total,
    direction: i < 6 ? 1 : i === 9 ? -1 : 0,
    constrained: monotone && i < 6,
  }));
}

function pairedWith(value: number, halfWidth: number): PairedFigures {
  return { prAuc: around(value, halfWidth), brier: around(-value / 20, halfWidth / 12) };
}

function makeFamily(index: number, episodes: number): FamilyReport {
  const [family, baseline, separation, boldness] = FAMILIES[index]!;
  const scored = makeScores(separation, boldness, 100 + index);
  const difference = (separation - 0.95) / 4;
  return {
    family,
    baseline,
    figures: makeEvaluation(scored, episodes),
    refused: family === "zscore" ? "its row peer-10 is not the row of this run's default" : null,
    paired: {
      ...(family === "persistence" ? {} : { persistence: pairedWith(difference, 0.09) }),
      ...(family === "zscore" ? {} : { zscore: pairedWith(difference + 0.17, 0.09) }),
    },
    curves: makeCurves(scored),
    importance: baseline ? null : makeImportance(index, family === "gbdt-monotone"),
    goal: "recall of at least 0.8 on out-of-fold training scores; expected cost 0.31 per row at 1 : 8",
    notes: family === "forest" ? ["Column imbalance has no finite training value and was dropped."] : [],
    seconds: baseline ? 0.04 : 3.7 * (index + 1),
    sha256: family === "zscore" ? null : String(index).repeat(64),
  };
}

function makeFold(index: number, families: readonly string[]): FoldReport {
  const uniform = uniformFrom(900 + index);
  const episodes = 2 + Math.floor(4 * uniform());
  const baseRate = 0.05 + 0.1 * uniform();
  const rows = 2400 + Math.floor(900 * uniform());
  const from = START_MS + (3 + index) * HOUR_MS;
  return {
    testFromMs: from,
    testToMs: from + HOUR_MS - 1000,
    purged: 360,
    train: { rows: 7000 + 3000 * index, positives: 800 + 330 * index, episodes: 9 + 4 * index, baseRate: 0.11 },
    test: { rows, positives: Math.round(rows * baseRate), episodes, baseRate },
    chosen: families[Math.min(3 + Math.floor(6 * uniform()), families.length - 1)]!,
    prAuc: Object.fromEntries(
      families.map((family, i) => [
        family,
        index === 4 && i === 4 ? null : truncated(baseRate * (1.6 + i / 5 + 1.4 * uniform())),
      ]),
    ),
    noPrAuc: index === 4 ? { [families[4]!]: "not fitted" } : {},
    drift: FEATURES.map((feature, i) => {
      const distance = 0.02 + uniform() * (i % 4 === 0 ? 0.9 : 0.16);
      return { feature, distance, psi: distance / 2, ks: distance / 3, jensenShannon: distance / 4 };
    }),
    driftedShare: 5 / 14,
  };
}

function makeSymbol(symbol: string, rows: number, episodes: number): SymbolReport {
  const figures = { prAuc: null, brierSkill: around(0.21, 0.08), ece: around(0.018, 0.009), gain: null };
  return { symbol, rows, positives: Math.round(rows / 10), episodes, baseRate: 0.1, ...figures };
}

function truncated(value: number): Figure {
  return { value, low: value * 0.45, high: Math.min(1, value * 1.6) };
}

/** Nine families and the choice among them, over twelve folds; passed or refused as asked. */
export function manyFoldsReport(verdict: "passed" | "refused" = "refused"): RunReport {
  const families = FAMILIES.map((_, i) => makeFamily(i, 34));
  const names = families.map(({ family }) => family);
  const { rows, positives, baseRate } = families[8]!.figures!;
  return {
    format: 1,
    createdAt: "2026-11-23T14:02:09.123Z",
    command: "npm run train -- ../shared/data/coinbase-2025 --recall 0.8 --folds 12 --seed 7",
    seed: 7,
    codeCommit: "acba237f0c9f3a52c0f0a9f4d7b7e7a5d1e6b3c9",
    dataFingerprint: "9f2c".repeat(16),
    seconds: 417.3,
    settings: {
      row: "default-1",
      stepMs: "1000",
      source: "last",
      label: "trailing-quantile rv, horizon 60, window 3600, min 900, quantile 0.9",
      goal: "recall 0.8",
      symbol: "",
      folds: "12",
      families: names.join(", "),
    },
    data: {
      source: "../shared/data/coinbase-2025/*.ndjson.gz",
      symbols: ["BTC-USD", "ETH-USD"],
      fromMs: START_MS,
      toMs: START_MS + 15 * HOUR_MS,
      tally: {
        ticks: 1_482_993,
        duplicate: 812,
        late: 40,
        outlier: 3,
        priceOutlier: 0,
        steps: 108_000,
        eligible: 61_204,
        spike: 6_310,
        calm: 54_020,
        void: 812,
      },
    },
    folds: Array.from({ length: 12 }, (_, i) => makeFold(i, names)),
    test: { rows, positives, baseRate, episodes: 34 },
    perSymbol: {
      family: "blend",
      symbols: [
        { ...makeSymbol("BTC-USD", 30_000, 29), prAuc: around(0.41, 0.09), gain: around(0.004, 0.003) },
        { ...makeSymbol("ETH-USD", 6000, 11), prAuc: null, gain: null },
      ],
      means: { prAuc: 0.41, brierSkill: 0.21, ece: 0.018, gain: 0.004 },
    },
    chosen: {
      perFold: Array.from({ length: 12 }, (_, i) => makeFold(i, names).chosen),
      refitted: "blend",
      why: "It had the lowest mean Brier score over the inner blocks of all rows.",
    },
    reference: {
      family: "persistence",
      why: "of the baselines, lowest held-out log loss in the training rows (zscore 0.311, persistence 0.279)",
    },
    families,
    gate: {
      verdict,
      reasons: verdict === "passed" ? [] : ["no_gain_over_baseline"],
      episodes: 34,
      gains: {
        persistence: verdict === "passed" ? around(0.0052, 0.004) : around(0.0031, 0.0046),
      },
    },
    driftReference: {
      family: "blend",
      features: [...FEATURES, "probability"],
      windows: [
        {
          name: "1h",
          steps: 3600,
          every: 20,
          minRows: 90,
          nullWindows: 336,
          alpha: 0.05,
          thresholds: [...FEATURES.map((_, i) => 0.08 + 0.06 * i), null],
          datasetShare: 0.4,
          datasetRatio: 1.75,
        },
        {
          name: "24h",
          steps: 86_400,
          every: 120,
          minRows: 360,
          nullWindows: 14,
          alpha: 0.05,
          thresholds: null,
          datasetShare: null,
          datasetRatio: null,
          reason: "14 training windows of 24h, at least 100 needed",
        },
      ],
    },
    leaks: [
      { name: "structure", outcome: "passed", detail: "12 folds: every training label ends before its test block." },
      {
        name: "causality",
        outcome: "passed",
        detail: "Rows, thresholds and labels of 3 cut files equal those of the whole.",
      },
      { name: "time neighbours", outcome: "passed", detail: "The split is strictly forward." },
      { name: "label shift", outcome: "passed", detail: "Real lift 2.9; 20 shifted: mean 1.02, highest 1.61." },
    ],
    volatility: [
      { name: "EWMA 60", qlike: around(0.4121, 0.05), againstEwma: null },
      { name: "HAR", qlike: around(0.371, 0.045), againstEwma: around(-0.0411, 0.02) },
      { name: "gbdt", qlike: around(0.3822, 0.06), againstEwma: around(-0.0299, 0.041) },
    ],
    verification: { rows: 36_000, largestDifference: 2.4e-7 },
    advice: [],
    earlierTests: 0,
    warnings: [],
  };
}

/** Three baselines and a logistic model on one fold of eight episodes. */
export function oneFoldReport(): RunReport {
  const many = manyFoldsReport();
  const families = [0, 1, 2, 3].map((i) => makeFamily(i, 8));
  const fold = {
    ...makeFold(
      0,
      families.map(({ family }) => family),
    ),
    chosen: "logistic",
  };
  return {
    ...many,
    folds: [fold],
    families,
    test: { ...many.test, episodes: 8 },
    chosen: { perFold: ["logistic"], refitted: "logistic", why: "It was the only model." },
    gate: { ...many.gate, episodes: 8, reasons: ["too_few_episodes", "no_gain_over_baseline"] },
    volatility: [],
    leaks: [
      ...many.leaks.slice(0, 3),
      { name: "label shift", outcome: "not_possible", detail: "Too few rows for 20 shifts of an hour or more." },
    ],
    warnings: ["Only 8 test episodes (fewer than 10): differences between the families prove nothing."],
  };
}

/** Hardly any data: one fold without a spike, every family refused or without the figures that need both outcomes. */
export function bareReport(): RunReport {
  const one = oneFoldReport();
  const rows = { rows: 310, positives: 0, episodes: 0, baseRate: 0 };
  const why = "the training rows know one outcome only";
  const [zscore, persistence, ...rest] = one.families;
  const nothing = { figures: null, refused: why, paired: {}, curves: null, importance: null, goal: null, sha256: null };
  const figures: Evaluation = {
    ...persistence!.figures!,
    ...rows,
    prAuc: null,
    lift: null,
    rocAuc: null,
    brierSkill: null,
    precision: null,
    recall: null,
    f1: null,
  };
  return {
    ...one,
    folds: [
      {
        ...one.folds[0]!,
        test: rows,
        chosen: "persistence",
        prAuc: { persistence: null, logistic: null },
        noPrAuc: { persistence: "no spikes", logistic: "not fitted" },
        drift: [],
        driftedShare: null,
      },
    ],
    test: rows,
    families: [
      { ...zscore!, ...nothing },
      {
        ...persistence!,
        figures,
        paired: { zscore: { prAuc: null, brier: null } },
        curves: { precisionRecall: [], reliability: [], histogram: { calm: [], spike: [] } },
      },
      ...rest.map((family) => ({ ...family, ...nothing })),
    ],
    chosen: { perFold: ["persistence"], refitted: "persistence", why: "Nothing else could be fitted." },
    gate: { verdict: "refused", reasons: ["too_few_episodes"], episodes: 0, gains: {} },
    perSymbol: {
      family: "persistence",
      symbols: [],
      means: { prAuc: null, brierSkill: null, ece: null, gain: null },
    },
    driftReference: null,
    leaks: [{ name: "structure", outcome: "failed", detail: "Fold 1: a training label ends inside the test block." }],
    verification: { rows: 0, largestDifference: 0 },
    warnings: ["No test row came before a spike: PR-AUC does not exist.", "Only 0 training episodes."],
  };
}

/** Every text that comes from outside carries markup. */
export function hostileReport(): RunReport {
  const one = oneFoldReport();
  const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;`;
  const family = { ...one.families[3]!, family: evil, refused: evil, notes: [evil], goal: evil, sha256: evil };
  return {
    ...one,
    createdAt: evil,
    command: evil,
    codeCommit: evil,
    dataFingerprint: evil,
    settings: { [evil]: evil },
    data: { ...one.data, source: evil, symbols: [evil], tally: { [evil]: 1 } },
    families: [
      ...one.families.slice(0, 3),
      { ...family, importance: [{ feature: evil, share: 1, direction: 1, constrained: true }] },
    ],
    folds: one.folds.map((fold) => ({
      ...fold,
      chosen: evil,
      prAuc: { ...fold.prAuc, [evil]: around(0.3, 0.1) },
      drift: [{ feature: evil, distance: 0.2, psi: 0.1, ks: 0.1, jensenShannon: 0.1 }],
    })),
    chosen: { perFold: [evil], refitted: evil, why: evil },
    perSymbol: { ...one.perSymbol, family: evil, symbols: [{ ...one.perSymbol.symbols[0]!, symbol: evil }] },
    gate: { ...one.gate, reasons: [evil], gains: { [evil]: around(0, 1) } },
    driftReference: {
      family: evil,
      features: [evil],
      windows: one.driftReference!.windows.map((window) => ({ ...window, thresholds: [0.2], reason: evil })),
    },
    leaks: [{ name: evil, outcome: "failed", detail: evil }],
    volatility: [{ name: evil, qlike: around(0.4, 0.1), againstEwma: around(0, 0.1) }],
    warnings: [evil],
  };
}
