// Evaluates each alert rule on the facts of one moment. The alert book decides whether an alert fires, because that
// needs confirmations.
import type { AlertRule } from "./alert-change.ts";
import type { AlertFacts, DriftFact } from "./alert-facts.ts";
import { figureText, namedFigure, durationText, shareText } from "./alert-figure-text.ts";
import { finiteFigure } from "../finite-figure.ts";
import type { RuleLimits } from "./alert-limits.ts";
import { readCalibration, readReferenceGain, readPrAuc } from "./quality-rules.ts";
import { type Reading, unknownReading } from "./rule-reading.ts";

/** Fewest missing scores for which their share is judged: on a coarse grid one step is more than 1 % of an hour. */
const MIN_MISSING_SCORES = 3;
/** The windows of the drift rule. */
const DRIFT_WINDOW_MS = 3_600_000;
/** Lower bounds of the silence limits, in steps: this many to fire, half as many to resolve. */
const SILENT_STEPS = 10;

/** Evaluates one rule. Never throws: facts that are missing or not finite give `unknown`. */
export function readRule(rule: AlertRule, facts: AlertFacts, limits: RuleLimits, stepMs: number): Reading {
  switch (rule) {
    case "pr_auc_fell":
      return readPrAuc(facts, limits);
    case "not_better_than_baseline":
      return readReferenceGain(facts, limits);
    case "calibration":
      return readCalibration(facts, limits);
    case "drift":
      return readDrift(facts);
    case "feed_silent":
      return readSilence(facts, limits, stepMs);
    case "feed_down":
      return readFeedDown(facts, limits);
    case "error_budget":
      return readErrors(facts, limits);
    case "parity_mismatch":
      return readParity(facts);
    case "challenger_ready":
      return readChallenger(facts, limits);
    case "champion_demoted":
      return readChampion(facts);
  }
}

function readDrift({ drift, model }: AlertFacts): Reading {
  if (drift === null || drift === undefined) return unknownReading("no drift window");
  const { verdict, driftedShare, threshold, windowEndMs, worstFeatures, modelSha } = drift;
  const { largestRatio = null, largestRatioFeature = null, ratioThreshold = null } = drift;
  if (typeof modelSha === "string" && typeof model === "string" && modelSha !== model) {
    return unknownReading("the drift window was judged for another model");
  }
  if (verdict !== "drift" && verdict !== "ok") return unknownReading(`no drift verdict: ${verdict}`);
  const share = driftedShare === null ? "an unknown share" : shareText(driftedShare);
  const limit = threshold === null ? "" : `, limit ${shareText(threshold)}`;
  const worst = verdict === "drift" && worstFeatures.length > 0 ? `: ${worstFeatures.slice(0, 5).join(", ")}` : "";
  return {
    verdict: verdict === "drift" ? "bad" : "good",
    summary: `in the last hour's window ${share} of the features drifted${limit}${worst}${ratioText(drift)}`,
    figures: {
      drifted_share: driftedShare,
      threshold,
      largest_ratio: largestRatio,
      largest_ratio_feature: largestRatioFeature,
      ratio_threshold: ratioThreshold,
      window_end_ms: windowEndMs,
      worst_features: worstFeatures.slice(0, 5).join(","),
    },
    value: driftedShare,
    limit: threshold,
    unmet: verdict === "drift" ? null : "the newest window's verdict is ok, it must be drift",
    falseAlarmRate: drift.alpha ?? null,
    window: { endMs: windowEndMs, lengthMs: DRIFT_WINDOW_MS },
  };
}

/** The verdict's second limit, if the model has one. */
function ratioText({ largestRatio, largestRatioFeature, ratioThreshold }: DriftFact): string {
  if (typeof largestRatio !== "number" || typeof ratioThreshold !== "number") return "";
  return `; ${largestRatioFeature} is at ${largestRatio.toFixed(2)} times its threshold, limit ${ratioThreshold.toFixed(2)}`;
}

/** Served steps that differ from the same steps computed from archived ticks: there must be none. */
function readParity({ parity }: AlertFacts): Reading {
  if (parity === null || parity === undefined || parity.steps === 0)
    return unknownReading("no step was computed again");
  const { steps, mismatches } = parity;
  return {
    verdict: mismatches > 0 ? "bad" : "good",
    summary: `${mismatches} of ${steps} served steps differ from those computed again from the archived ticks`,
    figures: { mismatches, steps },
    value: mismatches,
    limit: 0,
    unmet: mismatches > 0 ? null : "no step differs",
  };
}

/** `fireAt`, `resolveAt`: ms without a live tick. */
function readSilence({ silentMs }: AlertFacts, { fireAt, resolveAt }: RuleLimits, stepMs: number): Reading {
  if (typeof silentMs !== "number" || !(silentMs >= 0)) return unknownReading("no live feed, or its market is closed");
  const fireMs = Math.max(fireAt!, SILENT_STEPS * stepMs);
  const resolveMs = Math.max(resolveAt!, (SILENT_STEPS / 2) * stepMs);
  const bad = silentMs > fireMs;
  return {
    verdict: bad ? "bad" : silentMs <= resolveMs ? "good" : "between",
    summary: `the last live tick came ${durationText(silentMs)} ago, limit ${durationText(fireMs)}`,
    figures: { silent_ms: silentMs, limit_ms: fireMs },
    value: silentMs,
    limit: fireMs,
    unmet: bad ? null : `the silence is ${durationText(silentMs)}, it must be above ${durationText(fireMs)}`,
  };
}

/** `fireAt`, `resolveAt`: ms. */
function readFeedDown({ feedDown }: AlertFacts, { fireAt, resolveAt }: RuleLimits): Reading {
  if (feedDown === null || feedDown === undefined) return unknownReading("no feed of the gateway");
  const { downMs, fault } = feedDown;
  const bad = downMs > fireAt!;
  const why = fault === null ? "" : `; the last fault: ${fault}`;
  return {
    verdict: bad ? "bad" : downMs <= resolveAt! ? "good" : "between",
    summary:
      downMs === 0 ? "the feed is live" : `not live for ${durationText(downMs)}, limit ${durationText(fireAt!)}${why}`,
    figures: { down_ms: downMs, limit_ms: fireAt, fault },
    value: downMs,
    limit: fireAt,
    unmet: bad ? null : `it has been down for ${durationText(downMs)}, it must be above ${durationText(fireAt!)}`,
  };
}

/** `fireAt`, `resolveAt`: shares of the last hour's ready steps. */
function readErrors({ errorShare }: AlertFacts, { fireAt, resolveAt, minSteps }: RuleLimits): Reading {
  const steps = errorShare?.steps ?? 0;
  if (steps < minSteps! || !Number.isFinite(errorShare?.share)) {
    return unknownReading(`too few steps to judge: ${steps}, expected ${minSteps}`);
  }
  const { share } = errorShare!;
  const missing = Math.round(share * steps);
  const bad = share > fireAt! && missing >= MIN_MISSING_SCORES;
  return {
    verdict: bad ? "bad" : share <= resolveAt! ? "good" : "between",
    summary: `the champion gave no score to ${missing} of the last hour's ${steps} steps, ${shareText(share)}`,
    figures: { error_share: share, steps, missing },
    value: share,
    limit: fireAt,
    unmet: bad ? null : unmetErrors(share, missing, fireAt!),
  };
}

function unmetErrors(share: number, missing: number, fireAt: number): string {
  if (!(share > fireAt)) return `the share is ${shareText(share)}, it must be above ${shareText(fireAt)}`;
  return `only ${missing} scores are missing, at least ${MIN_MISSING_SCORES} must be`;
}

/** Ends with the next look: after a demotion another champion serves. */
function readChampion({ champion }: AlertFacts): Reading {
  if (champion === null || champion === undefined) return unknownReading("no look at the champion");
  const { found, eValue, blocks, episodes } = champion;
  return {
    verdict: found === null ? "good" : "bad",
    summary: found ?? "the champion is not shown worse than its predecessor or the strongest baseline",
    figures: { e_value: eValue, blocks, episodes },
    value: eValue,
    limit: null,
    unmet: found === null ? "no other model is shown better than the champion" : null,
  };
}

/**
 * `resolveAt`: the e value below which the alert ends. It fires when the promotion rule is met. The limits differ,
 * because a good challenger's e value can cross the rule's limit repeatedly for days.
 */
function readChallenger({ challenger }: AlertFacts, { resolveAt }: RuleLimits): Reading {
  if (challenger === null || challenger === undefined) return unknownReading("no experiment");
  const { ready, eValue, blocks, episodes, meanGain } = challenger;
  const gain = finiteFigure(meanGain);
  const shown = gain === null ? "" : `, mean Brier gain ${figureText(gain)}`;
  return {
    verdict: ready ? "bad" : eValue < resolveAt! ? "good" : "between",
    summary:
      `the challenger ${ready ? "may be promoted" : "may not be promoted"}: e value ${eValue.toFixed(1)} ` +
      `over ${blocks} blocks and ${episodes} episodes${shown}`,
    figures: { e_value: eValue, blocks, episodes, ...(gain === null ? {} : namedFigure("mean_gain", gain)) },
    value: eValue,
    limit: null,
    unmet: ready ? null : "the rule of promotion does not say that the challenger may be promoted",
  };
}
