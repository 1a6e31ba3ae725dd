// A symbol's drift as the gateway would answer it: two days of windows of which the last five drifted, and a symbol
// whose champion has no calibrated thresholds.
import type {
  DriftAnswer,
  DriftLine,
  FeatureDistance,
  JudgedWindow,
} from "../../dashboard/views/drift/drift-answer.ts";
import { CHAMPION_SHA } from "./fixture-quality.ts";

const HOUR_MS = 3_600_000;
const HOURS = 44;
const DRIFTED_HOURS = 5;
const FEATURES = [
  "rv_10 rv_60 rv_300 rv_900 ewma_60 ewma_300 parkinson_300 jump_share_300 spread_rel spread_z imbalance microprice_gap",
  "trade_sign ticks_ratio age gap_share tod_sin tod_cos tau_ratio har_day probability",
].flatMap((names) => names.split(" "));
const THRESHOLD = 0.31;

function ratio(feature: number, hour: number): number | null {
  if (feature === 13) return null;
  const calm = 0.12 + 0.75 * Math.abs(Math.sin(feature * 1.7 + hour / 5));
  const drifted = hour >= HOURS - DRIFTED_HOURS && feature < 8;
  return drifted ? calm + 0.7 + (0.9 * (8 - feature)) / 3 : calm;
}

function featureOf(name: string, i: number, calibrated: boolean): FeatureDistance {
  const now = ratio(i, HOURS - 1);
  const vanished = name === "age" && calibrated;
  return {
    name,
    wasserstein: now === null ? 0.12 : now * THRESHOLD,
    psi: 0.08,
    ks: 0.11,
    jensen_shannon: 0.06,
    threshold: now === null || !calibrated ? null : THRESHOLD,
    drifted: now === null || !calibrated ? null : vanished || now >= 1,
    presence: vanished ? "vanished" : null,
    drifted_at_tenth: true,
    missing_share: vanished ? 0.98 : 0.01,
    reference_missing_share: 0.01,
    words: vanished
      ? "vanished: it has fewer values than in training windows"
      : now === null || !calibrated
        ? "not judged: no calibrated threshold"
        : now >= 1
          ? "beyond what all but 5 % of the training windows showed"
          : "within what training windows showed",
  };
}

/** @param nowMs the newest window ended at the hour before. */
export function fixtureDrift(symbol: string, nowMs: number, calibrated = true): DriftAnswer {
  const endMs = nowMs - (nowMs % HOUR_MS);
  const isoAt = (hour: number): string => new Date(endMs - (HOURS - 1 - hour) * HOUR_MS).toISOString();
  const history: DriftLine[] = Array.from({ length: HOURS }, (_, hour) => {
    const ratios = Object.fromEntries(FEATURES.map((name, i) => [name, ratio(i, hour)]));
    const values = Object.values(ratios).filter((value) => value !== null);
    const share = values.filter((value) => value >= 1).length / values.length;
    return {
      window: "1h" as const,
      to: isoAt(hour),
      verdict: !calibrated ? "uncalibrated" : share > 0.22 ? "drift" : "ok",
      drifted_share: calibrated ? share : null,
      threshold: calibrated ? 0.22 : null,
      largest_ratio: calibrated ? Math.max(...values) : null,
      ratio_threshold: calibrated ? 2.1 : null,
      ratios: calibrated ? ratios : null,
    };
  });
  const newest: JudgedWindow = {
    verdict: calibrated ? "drift" : "uncalibrated",
    words: calibrated
      ? "Drift: 1 feature vanished (age)."
      : "Not judged: the training data hold 12 windows of 1h, at least 100 are needed.",
    reason: calibrated ? null : "the training data hold 12 windows of 1h, at least 100 are needed",
    from: isoAt(HOURS - 2),
    to: isoAt(HOURS - 1),
    rows: 180,
    model_sha256: CHAMPION_SHA,
    drifted_share: calibrated ? 0.4 : null,
    threshold: calibrated ? 0.22 : null,
    largest_ratio: calibrated ? 3.4 : null,
    largest_ratio_feature: calibrated ? "rv_10" : null,
    ratio_threshold: calibrated ? 2.1 : null,
    alarmed_by: calibrated ? ["share", "ratio", "presence"] : [],
    false_alarms: calibrated
      ? { stated_rate: 0.05, highest_rate: 0.069, training_windows: 412 }
      : { stated_rate: null, highest_rate: null, training_windows: 12 },
    customary: {
      share_at_0_1: 0.6,
      verdicts: [{ words: "at least 50 % of the features at 0.1 or more", drift: true }],
    },
    features: FEATURES.map((name, i) => featureOf(name, i, calibrated)),
  };
  return {
    symbol,
    windows: {
      "1h": newest,
      "24h": {
        verdict: "none",
        reason: "no whole day of event time has been closed since the symbol was created",
        features: [],
      },
    },
    history,
    concept: calibrated
      ? {
          events: [
            { at: isoAt(HOURS - 4), detector: "page-hinkley", what: "error", mean_before: 0.0714, mean_after: 0.1388 },
          ],
          words: "page-hinkley fired on the champion's squared errors 3 hours ago: they rose from 0.0714 to 0.1388",
        }
      : { events: [], words: "no detector has fired on the champion's errors or scores" },
  };
}
