// What each alert rule makes of the facts of one moment. Whether that fires an alert is for the alert book, which wants
// confirmations.
import type { AlertFigures, AlertRule } from "./alert-change.ts";
import type { AlertFacts, DriftFact, Figure } from "./alert-facts.ts";
import { durationText, figureText, namedFigure, percentText } from "./alert-figure-text.ts";
import type { RuleLimits } from "./alert-limits.ts";

/** One rule's view of one moment. */
export interface Reading {
  /** `between`: neither bad enough to fire nor good enough to resolve. `unknown`: no facts, or too few of them. */
  readonly verdict: "bad" | "between" | "good" | "unknown";
  /** One sentence with the figures, without the symbol. */
  readonly summary: string;
  readonly figures: AlertFigures;
  /** The window that was judged, where that is not the moment of looking. */
  readonly window?: { readonly endMs: number; readonly lengthMs: number };
}

/** Scores that must be missing before their share means anything: on a coarse grid one is above 1 % of an hour. */
const MIN_MISSING_SCORES = 3;
/** The windows of the drift rule. */
const DRIFT_WINDOW_MS = 3_600_000;
/** A feed is not silent within so many steps, nor well again after longer than half of them. */
const SILENT_STEPS = 10;

/** Reads the facts by one rule. Never throws: facts that are not there or not finite give `unknown`. */
export function readRule(rule: AlertRule, facts: AlertFacts, limits: RuleLimits, stepMs: number): Reading {
  switch (rule) {
    case "pr_auc_fell":
      return tooFew(facts, limits) ?? readPrAuc(facts, limits);
    case "not_better_than_persistence":
      return tooFew(facts, limits) ?? readPersistenceGain(facts, limits);
    case "calibration":
      return tooFew(facts, limits) ?? readCalibration(facts, limits);
    case "drift":
      return readDrift(facts);
    case "feed_silent":
      return readSilence(facts, limits, stepMs);
    case "error_budget":
      return readErrors(facts, limits);
    case "challenger_ready":
      return readChallenger(facts, limits);
  }
}

/**
 * Upper end of the 95 % interval of `a − b` for two independent figures with intervals of their own: Zou and Donner's
 * recovery of variances (MOVER, 2008), which needs no symmetry: `a − b + w · √((a.high − a)² + (b − b.low)²)`. Below 0,
 * `b` lies above `a.high` and `a` below `b.low`: each is outside the other's interval.
 *
 * Example: for 0.20 (0.17 to 0.23) and 0.30 (0.26 to 0.34) it is −0.10 + √(0.03² + 0.04²) = −0.05.
 * @param widening w, at least 1: by what the half-width is multiplied.
 */
export function highOfDifference(a: Figure, b: Figure, widening = 1): number {
  const up = a.high - a.value;
  const down = b.value - b.low;
  return a.value - b.value + widening * Math.sqrt(up * up + down * down);
}

/** `fireAt`, `resolveAt`: falls as a share of the manifest's figure. */
function readPrAuc(facts: AlertFacts, { fireAt, resolveAt, widening }: RuleLimits): Reading {
  const live = finite(facts.prAuc?.live);
  const manifest = finite(facts.prAuc?.manifest);
  if (live === null || manifest === null || !(manifest.value > 0)) return unknown("no PR-AUC to compare");
  const fall = 1 - live.value / manifest.value;
  const high = highOfDifference(live, manifest, widening!);
  const bad = fall > fireAt! && high < 0;
  const good = fall <= resolveAt! || live.value >= manifest.low;
  const rates = facts.baseRate ?? { live: null, manifest: null };
  const moved = `${percentText(Math.abs(fall))} ${fall >= 0 ? "below" : "above"}`;
  return {
    verdict: bad ? "bad" : good ? "good" : "between",
    summary: `PR-AUC over ${windowOf(facts)} is ${figureText(live)}, ${moved} the manifest's ${figureText(manifest)}`,
    figures: {
      ...namedFigure("pr_auc", live),
      ...namedFigure("manifest_pr_auc", manifest),
      fall,
      difference_high: high,
      base_rate: rates.live,
      manifest_base_rate: rates.manifest,
      ...samples(facts),
    },
  };
}

/** `fireAt`: the gain that the interval's upper end must not pass; `resolveAt`: the gain to be above. */
function readPersistenceGain(facts: AlertFacts, { fireAt, resolveAt, widening }: RuleLimits): Reading {
  const gain = finite(facts.persistenceGain);
  if (gain === null) return unknown("no paired gain over persistence");
  const high = gain.value + widening! * (gain.high - gain.value);
  const verdict = high <= fireAt! ? "bad" : gain.value > resolveAt! ? "good" : "between";
  const shown =
    verdict === "bad" ? "not better than" : gain.low > 0 ? "better than" : "not shown to be better or worse than";
  return {
    verdict,
    summary: `over ${windowOf(facts)} the champion is ${shown} persistence: Brier gain ${figureText(gain)}`,
    figures: { ...namedFigure("brier_gain", gain), ...samples(facts) },
  };
}

/** `fireAt`, `resolveAt`: distances of the realised from the expected share of spikes. */
function readCalibration(facts: AlertFacts, { fireAt, resolveAt, widening }: RuleLimits): Reading {
  const difference = finite(facts.calibration?.difference);
  if (difference === null) return unknown("no realised and expected share of spikes to compare");
  const size = Math.abs(difference.value);
  const towardsZero = difference.value > 0 ? difference.value - difference.low : difference.high - difference.value;
  const excludesZero = size > widening! * towardsZero;
  const direction = difference.value > 0 ? "more" : "fewer";
  return {
    verdict: excludesZero && size > fireAt! ? "bad" : size <= resolveAt! ? "good" : "between",
    summary: `over ${windowOf(facts)} ${direction} spikes came than the scores promised: difference ${figureText(difference)}`,
    figures: { ...namedFigure("difference", difference), ...samples(facts) },
  };
}

function readDrift({ drift, model }: AlertFacts): Reading {
  if (drift === null || drift === undefined) return unknown("no drift window");
  const { verdict, driftedShare, threshold, windowEndMs, worstFeatures, modelSha } = drift;
  const { largestRatio = null, largestRatioFeature = null, ratioThreshold = null } = drift;
  if (typeof modelSha === "string" && typeof model === "string" && modelSha !== model) {
    return unknown("the drift window was judged for another model");
  }
  if (verdict !== "drift" && verdict !== "ok") return unknown(`no drift verdict: ${verdict}`);
  const share = driftedShare === null ? "an unknown share" : percentText(driftedShare);
  const limit = threshold === null ? "" : `, limit ${percentText(threshold)}`;
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
    window: { endMs: windowEndMs, lengthMs: DRIFT_WINDOW_MS },
  };
}

/** The other limit of the verdict, where the model has one. */
function ratioText({ largestRatio, largestRatioFeature, ratioThreshold }: DriftFact): string {
  if (typeof largestRatio !== "number" || typeof ratioThreshold !== "number") return "";
  return `; ${largestRatioFeature} is at ${largestRatio.toFixed(2)} times its threshold, limit ${ratioThreshold.toFixed(2)}`;
}

/** `fireAt`, `resolveAt`: ms without an accepted tick. */
function readSilence({ silentMs }: AlertFacts, { fireAt, resolveAt }: RuleLimits, stepMs: number): Reading {
  if (typeof silentMs !== "number" || !(silentMs >= 0)) return unknown("not known when the last tick came");
  const fireMs = Math.max(fireAt!, SILENT_STEPS * stepMs);
  const resolveMs = Math.max(resolveAt!, (SILENT_STEPS / 2) * stepMs);
  return {
    verdict: silentMs > fireMs ? "bad" : silentMs <= resolveMs ? "good" : "between",
    summary: `the last accepted tick came ${durationText(silentMs)} ago, limit ${durationText(fireMs)}`,
    figures: { silent_ms: silentMs, limit_ms: fireMs },
  };
}

/** `fireAt`, `resolveAt`: shares of the last hour's ready steps. */
function readErrors({ errorShare }: AlertFacts, { fireAt, resolveAt, minSteps }: RuleLimits): Reading {
  const steps = errorShare?.steps ?? 0;
  if (steps < minSteps! || !Number.isFinite(errorShare?.share)) {
    return unknown(`too few steps to judge: ${steps}, expected ${minSteps}`);
  }
  const { share } = errorShare!;
  const missing = Math.round(share * steps);
  const bad = share > fireAt! && missing >= MIN_MISSING_SCORES;
  return {
    verdict: bad ? "bad" : share <= resolveAt! ? "good" : "between",
    summary: `the champion gave no score to ${missing} of the last hour's ${steps} steps, ${percentText(share)}`,
    figures: { error_share: share, steps, missing },
  };
}

/**
 * `resolveAt`: the e value below which the alert is over. It fires by the rule's own word; the e value of a challenger that
 * is worth something wanders up and down across the rule's limit for days.
 */
function readChallenger({ challenger }: AlertFacts, { resolveAt }: RuleLimits): Reading {
  if (challenger === null || challenger === undefined) return unknown("no experiment");
  const { ready, eValue, blocks, episodes, meanGain } = challenger;
  const gain = finite(meanGain);
  const shown = gain === null ? "" : `, mean Brier gain ${figureText(gain)}`;
  return {
    verdict: ready ? "bad" : eValue < resolveAt! ? "good" : "between",
    summary:
      `the challenger ${ready ? "may be promoted" : "may not be promoted"}: e value ${eValue.toFixed(1)} ` +
      `over ${blocks} blocks and ${episodes} episodes${shown}`,
    figures: { e_value: eValue, blocks, episodes, ...(gain === null ? {} : namedFigure("mean_gain", gain)) },
  };
}

/** `undefined` where the window stands on enough. */
function tooFew(facts: AlertFacts, { minResolved, minBlocks, minEpisodes }: RuleLimits): Reading | undefined {
  const { resolved = 0, blocks = 0, episodes = 0 } = facts;
  const wants = [
    ["resolved steps", resolved, minResolved ?? 0],
    ["blocks", blocks, minBlocks ?? 0],
    ["episodes", episodes, minEpisodes ?? 0],
  ] as const;
  const short = wants.find(([, have, need]) => !(have >= need));
  if (short === undefined) return undefined;
  const [what, have, need] = short;
  return { ...unknown(`too few ${what} to judge: ${have}, expected ${need}`), figures: samples(facts) };
}

function unknown(summary: string): Reading {
  return { verdict: "unknown", summary, figures: {} };
}

function finite(figure: Figure | null | undefined): Figure | null {
  if (figure === null || figure === undefined) return null;
  return [figure.value, figure.low, figure.high].every(Number.isFinite) ? figure : null;
}

function samples({ resolved = 0, blocks = 0, episodes = 0 }: AlertFacts): Record<string, number> {
  return { resolved, blocks, episodes };
}

function windowOf({ window = "24 h" }: AlertFacts): string {
  return window;
}
