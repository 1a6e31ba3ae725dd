// What learns from labels, as the gateway would answer it: recalibrations, a threshold that follows, alert rules.
import type { ModelRecalibration } from "../../src/http/recalibration-schema.ts";
import type { RuleStatusAnswer, SymbolAlertsAnswer } from "../../src/http/symbol-alerts-schema.ts";
import type { SymbolThresholdAnswer } from "../../src/http/symbol-threshold-schema.ts";

type Calibration = ModelRecalibration["months"][number]["raw"];
type Followed = NonNullable<SymbolThresholdAnswer["models"][number]["followed"]>;
type Reached = Followed["windows"]["24h"]["as_served"];

const SERVING_MS = Date.UTC(2026, 9, 3, 7, 15);

/** A champion's that serves since October, with four months. */
export function fixtureRecalibration(model: ModelRecalibration["model"]): ModelRecalibration {
  const calibration = (ece: number, skill: number): Calibration => {
    return { rows: 2_592_000, spikes: 259_460, brier: 0.09 * (1 - skill), brier_skill: skill, ece };
  };
  const months = [0.0171, 0.0102, 0.0126, 0.0149].map((ece, i) => ({
    month: `2026-${String(8 + i).padStart(2, "0")}`,
    raw: calibration(ece, 0.19),
    recalibrated: calibration(ece / 8, 0.203),
    served: calibration(i < 2 ? ece : ece / 7, i < 2 ? 0.19 : 0.202),
  }));
  return {
    model,
    ...{ state: "serving", slope: 0.9, level: -0.5, labels: 10_238_400, e_value: 0.002, since: SERVING_MS },
    prior: null,
    months,
    changes: [{ step: SERVING_MS / 1000, to: "serving", e_value: 21.4, mean_gain: 0.00068, rows: 4_103_100 }],
  };
}

/** One that has seen no label. */
export function fixtureYoungRecalibration(model: ModelRecalibration["model"]): ModelRecalibration {
  const line = { slope: 1, level: 0 };
  return {
    model,
    state: "learning",
    ...line,
    labels: 0,
    e_value: 1,
    since: null,
    prior: null,
    months: [],
    changes: [],
  };
}

/** The champion's follows and is served; the challenger's goal cannot be followed. */
export function fixtureThreshold(symbol: string): SymbolThresholdAnswer {
  const changes = Array.from({ length: 7 }, (_, i) => ({
    at: new Date(Date.UTC(2026, 10, 4 + 4 * i, 6 * (i % 4), 0, 1)).toISOString(),
    from: 0.21 + 0.013 * i,
    to: 0.21 + 0.013 * (i + 1),
    reached: i !== 5,
    ...{ rows: 171_204.3, positives: 17_034.1, alerts: 26_961.7, true_positives: 13_631.2, stretches: 91.6 },
  }));
  const window = {
    from: "2026-11-29T00:00:00.000Z",
    as_served: reached(1_980, 3_410, 702, 57_400),
    stated: reached(1_640, 2_120, 1_042, 58_690),
    followed: reached(1_990, 3_455, 692, 57_355),
    at_threshold: reached(2_010, 3_540, 672, 57_270),
  };
  return {
    symbol,
    mode: "on",
    models: [
      {
        alias: "champion",
        model: { name: "logistic", version: "2025-12-02-9520980e", sha256: "3f".padEnd(64, "0") },
        ...{ threshold: 0.288, source: "followed", goal: "recall at least 0.8", manifest_threshold: 0.242 },
        followed: {
          ...{ threshold: 0.288, lowest: 0.064, highest: 0.717, stretches_since: 12, change_count: 23 },
          changes,
          windows: { "24h": window, "30d": { ...window, from: "2026-10-31T00:00:00.000Z", at_threshold: null } },
        },
      },
      {
        alias: "challenger",
        model: { name: "gbdt", version: "2026-11-16", sha256: "b0".padEnd(64, "0") },
        ...{ threshold: 0.31, source: "manifest", goal: "chosen by hand", manifest_threshold: 0.31, followed: null },
      },
    ],
  };
}

function reached(tp: number, fp: number, fn: number, tn: number): Reached {
  const [precision, recall] = [tp / (tp + fp), tp / (tp + fn)];
  return { tp, fp, fn, tn, precision, recall, alert_rate: (tp + fp) / (tp + fp + fn + tn) };
}

/** One rule that fires by its evidence, one far from it, one of which nothing is known, one that its figure decides. */
export function fixtureAlertRules(symbol: string): SymbolAlertsAnswer {
  const rule = (name: RuleStatusAnswer["rule"], changes: Partial<RuleStatusAnswer>): RuleStatusAnswer => ({
    ...{ rule: name, state: "quiet", severity: "warning", summary: "", value: null, fire_at: null, resolve_at: null },
    ...{ figures: {}, evidence: null, samples: [], confirmations: { have: 0, need: 1 }, since: null },
    ...{ cool_down_until: null, missing: [] },
    ...changes,
  });
  const evidence = { groups: 4_000, rate_per_month: 0.01, limit: 288_000 };
  return {
    symbol,
    settings: { mute: false, mute_until: null, hours: null },
    firing: 1,
    rules: [
      rule("calibration", {
        state: "firing",
        summary: "more spikes come than the scores promise; over 24 h the difference is 0.031 (0.022 to 0.040)",
        evidence: { ...evidence, value: 412_000, phase: "told", ending: { value: 3.2, limit: 2_880 } },
      }),
      rule("not_better_than_baseline", {
        summary: "the champion is not shown to be worse than the reference",
        evidence: { ...evidence, value: 12.3, phase: "well", ending: { value: 1e12, limit: 2_880 } },
      }),
      rule("pr_auc_fell", { state: "unknown", summary: "no PR-AUC of a manifest to compare with" }),
      rule("drift", { summary: "the hour to 2026-11-30 22:00 did not drift", value: 0.1, fire_at: 0.22 }),
    ],
  };
}
