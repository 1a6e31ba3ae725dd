// Figures of models as the gateway would answer them: a champion, a challenger and three baselines on a day with 59
// episodes, and a symbol that has no figures yet.
import type { ModelFigures, QualityAnswer } from "../../dashboard/views/truth/quality-answer.ts";
import { fixtureRecalibration, fixtureYoungRecalibration } from "./fixture-learning.ts";

const LABEL = "trailing-quantile source=last measure=rv horizon=60 window=3600 min=900 quantile=0.9";
export const CHAMPION_SHA = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";
export const CHALLENGER_SHA = "b07d9a44c1e2f3a5968d7c0e1b2a3f4d5c6b7a8990f1e2d3c4b5a69788f7e6d5";
const BASE_RATE = 0.125;
const RESOLVED = 21_540;
const SPIKES = 2_682;

interface ModelOptions {
  readonly aliases: readonly string[];
  readonly sha256: string;
  readonly prAuc: number;
  readonly brier: number;
}

const MODELS: readonly ModelOptions[] = [
  { aliases: ["persistence"], sha256: "7".repeat(64), prAuc: 0.36, brier: 0.0937 },
  { aliases: ["champion"], sha256: CHAMPION_SHA, prAuc: 0.522, brier: 0.0755 },
  { aliases: ["zscore"], sha256: "9".repeat(64), prAuc: 0.21, brier: 0.1058 },
  { aliases: ["challenger"], sha256: CHALLENGER_SHA, prAuc: 0.548, brier: 0.0731 },
  { aliases: ["threshold-only", "reference"], sha256: "5".repeat(64), prAuc: 0.33, brier: 0.0953 },
];

/** Around a value, so wide as its distance from the base rate says. */
function around(value: number, halfWidth: number): { value: number; low: number; high: number } {
  return { value, low: Math.max(0, value - halfWidth), high: value + halfWidth };
}

function curvesOf(prAuc: number): NonNullable<ModelFigures["curves"]> {
  const decay = (2 * (prAuc - BASE_RATE)) / (1 - BASE_RATE);
  const precision_recall = Array.from({ length: 20 }, (_, i) => {
    const recall = (i + 1) / 20;
    const precision = BASE_RATE + (1 - BASE_RATE) * Math.min(1, decay) * (1 - recall) ** (1.4 - decay);
    const half = 0.05 + 0.12 * (1 - recall);
    return {
      recall,
      precision,
      low: Math.max(0, precision - half),
      high: Math.min(1, precision + half),
      probability: 1 - recall,
    };
  });
  const reliability = Array.from({ length: 10 }, (_, i) => {
    const count = Math.round(RESOLVED * 0.45 * 0.5 ** i);
    const mean_probability = (i + 0.42) / 10;
    const spike_share = Math.min(1, mean_probability * (1.25 - 0.6 * prAuc));
    const half = 0.01 + 0.03 * i;
    const interval = i < 8 ? { low: Math.max(0, spike_share - half), high: Math.min(1, spike_share + half) } : null;
    const ends = interval ?? { low: null, high: null };
    return { from: i / 10, to: (i + 1) / 10, count, mean_probability, spike_share, ...ends };
  });
  return { precision_recall, reliability };
}

function modelFigures({ aliases, sha256, prAuc, brier }: ModelOptions): ModelFigures {
  const curves = curvesOf(prAuc);
  const tp = Math.round(SPIKES * (0.3 + 0.8 * prAuc));
  const fp = Math.round(tp * (1.4 - 1.5 * prAuc));
  return {
    model: { aliases: [...aliases], name: `volatility-${aliases[0] ?? ""}`, version: "2026-11-16", sha256 },
    followed: true,
    threshold: 0.3,
    resolved: RESOLVED,
    pending: 60,
    void: 12,
    episodes: 59,
    blocks: 25,
    base_rate: BASE_RATE,
    pr_auc: around(prAuc, 0.045),
    pr_auc_bounds: { low: prAuc - 0.002, high: prAuc + 0.002 },
    lift: around(prAuc / BASE_RATE, 0.4),
    roc_auc: around(0.6 + 0.4 * prAuc, 0.03),
    brier: around(brier, 0.004),
    brier_skill: around(1 - brier / 0.1094, 0.05),
    log_loss: around(3.4 * brier, 0.01),
    ece: around(0.012 + brier / 20, 0.006),
    confusion: { tp, fp, fn: SPIKES - tp, tn: RESOLVED - SPIKES - fp },
    precision: tp / (tp + fp),
    recall: tp / SPIKES,
    f1: (2 * tp) / (2 * tp + fp + SPIKES - tp),
    expected: { base_rate: 0.119, precision: 0.61, recall: 0.7, pr_auc: 0.51, brier: 0.0741 },
    realised_minus_expected: {
      base_rate: { value: 0.0061, low: 0.0012, high: 0.0111 },
      brier: { value: 0.0014, low: -0.0009, high: 0.0036 },
    },
    reliability: curves.reliability.map(({ from, to, count, mean_probability, spike_share }) => {
      return { from, to, count, mean_probability, spike_share };
    }),
    curves,
    missing: [],
  };
}

/** All models have figures; one symbol of three is not among the pooled ones. */
export function fixtureQuality(symbol: string | null, window: QualityAnswer["window"]): QualityAnswer {
  const models = MODELS.map(modelFigures);
  const nameOf = (alias: string) => models.find(({ model }) => model.aliases.includes(alias))!.model;
  return {
    symbol,
    window,
    from: "2026-11-29T06:00:00.000Z",
    to: "2026-11-30T06:05:00.000Z",
    step_ms: 1000,
    interval: "95 %, Student's t on a jackknife that leaves out one of at most 24 groups of blocks at a time",
    labels: [
      {
        label: LABEL,
        horizon_steps: 60,
        scored_steps: 21_600,
        pending: 60,
        void: 12,
        resolved: RESOLVED,
        spikes: SPIKES,
        base_rate: BASE_RATE,
        episodes: 59,
        blocks: 25,
        tau_bps_mean: 4.2,
        models,
      },
    ],
    volatility: [
      {
        model: nameOf("champion"),
        labels: 21_540,
        qlike: 0.312,
        compared: { labels: 20_640, qlike: 0.3094, ewma: 0.3713, har: 0.3241 },
        quantile_labels: 20_640,
        corrected: {
          coverage: { "0.1": 0.0984, "0.5": 0.5031, "0.9": 0.9012 },
          inside_interval: 0.8028,
          pinball: { "0.1": 0.073, "0.5": 0.184, "0.9": 0.087 },
          width: 1.18,
        },
        uncorrected: {
          coverage: { "0.1": 0.1243, "0.5": 0.5212, "0.9": 0.8821 },
          inside_interval: 0.7578,
          pinball: { "0.1": 0.075, "0.5": 0.185, "0.9": 0.089 },
          width: 1.06,
        },
        missing: null,
      },
    ],
    pairs: [
      {
        reference: nameOf("champion"),
        model: nameOf("challenger"),
        blocks: 24,
        brier_gain: { value: 0.0024, low: 0.0006, high: 0.0042 },
        pr_auc_gain: { value: 0.026, low: -0.004, high: 0.056 },
        reason: null,
      },
      {
        reference: nameOf("persistence"),
        model: nameOf("champion"),
        blocks: 24,
        brier_gain: { value: 0.0182, low: 0.0165, high: 0.0199 },
        pr_auc_gain: { value: 0.162, low: 0.101, high: 0.223 },
        reason: null,
      },
    ],
    ...(symbol === null
      ? {
          symbols: [
            { symbol: "BTC-USD", included: true, reason: null },
            { symbol: "ETH-USD", included: true, reason: null },
            { symbol: "SOL-USD", included: false, reason: "its object did not answer" },
          ],
        }
      : {
          recalibrations: [
            fixtureRecalibration(nameOf("champion")),
            fixtureYoungRecalibration(nameOf("challenger")),
            fixtureYoungRecalibration(nameOf("persistence")),
          ],
        }),
    missing: [],
  };
}

/** One block and one episode: no figure has an interval, and the curves are missing. */
export function fixtureYoungQuality(symbol: string, window: QualityAnswer["window"]): QualityAnswer {
  const whole = fixtureQuality(symbol, window);
  const reason = "figures with an interval: 1 block with resolved steps, at least 2 are needed";
  const labels = whole.labels.map((label) => ({
    ...label,
    resolved: 800,
    spikes: 91,
    base_rate: 0.11375,
    episodes: 1,
    blocks: 1,
    models: label.models.slice(0, 2).map((figures) => ({
      ...figures,
      resolved: 800,
      episodes: 1,
      blocks: 1,
      base_rate: 0.11375,
      ...{ pr_auc: null, lift: null, roc_auc: null, brier: null, brier_skill: null, log_loss: null, ece: null },
      confusion: { tp: 40, fp: 22, fn: 51, tn: 687 },
      precision: 0.645,
      recall: 0.44,
      realised_minus_expected: { base_rate: null, brier: null },
      curves: null,
      missing: [reason],
    })),
  }));
  const recalibrations = labels[0]!.models.map(({ model }) => fixtureYoungRecalibration(model));
  return { ...whole, labels, recalibrations, pairs: [], missing: [] };
}
