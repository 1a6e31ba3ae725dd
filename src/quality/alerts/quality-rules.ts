// The alert rules on live quality: PR-AUC, the gain over the reference, calibration. They need a minimum number of
// samples.
import type { AlertFacts } from "./alert-facts.ts";
import { figureDecimals, figureText, namedFigure, shareText } from "./alert-figure-text.ts";
import { finiteFigure } from "../finite-figure.ts";
import type { RuleLimits } from "./alert-limits.ts";
import { highOfDifference } from "./high-of-difference.ts";
import { type Reading, sampleCounts, unknownReading } from "./rule-reading.ts";

/** A reading that names the samples that are too few; `undefined` when there are enough. */
export function tooFewSamples(facts: AlertFacts, limits: RuleLimits): Reading | undefined {
  const short = sampleCounts(facts, limits).find(({ have, need }) => !(have >= need));
  if (short === undefined) return undefined;
  const { what, have, need } = short;
  return unknownReading(`too few ${what} to judge: ${have}, expected ${need}`, samples(facts));
}

/** `fireAt`, `resolveAt`: falls as a share of the manifest's figure. */
export function readPrAuc(facts: AlertFacts, { fireAt, resolveAt, widening }: RuleLimits): Reading {
  const live = finiteFigure(facts.prAuc?.live);
  const manifest = finiteFigure(facts.prAuc?.manifest);
  if (live === null || manifest === null || !(manifest.value > 0)) return unknownReading("no PR-AUC to compare");
  const fall = 1 - live.value / manifest.value;
  const high = highOfDifference(live, manifest, widening!);
  const bad = fall > fireAt! && high < 0;
  const good = fall <= resolveAt! || live.value >= manifest.low;
  const rates = facts.baseRate ?? { live: null, manifest: null };
  const moved = `${shareText(Math.abs(fall))} ${fall >= 0 ? "below" : "above"}`;
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
    value: fall,
    limit: fireAt,
    unmet: bad ? null : unmetFall(fall, high, fireAt!),
  };
}

function unmetFall(fall: number, high: number, fireAt: number): string {
  if (!(fall > fireAt)) return `the fall is ${shareText(fall)}, it must be above ${shareText(fireAt)}`;
  return `the widened interval of the difference reaches up to ${figureDecimals(high)}, it must end below 0`;
}

/** `fireAt`: fires when the interval's upper end is at most this gain; `resolveAt`: resolves above this gain. */
export function readReferenceGain(facts: AlertFacts, { fireAt, resolveAt, widening }: RuleLimits): Reading {
  const gain = finiteFigure(facts.referenceGain);
  const { referenceFamily = null } = facts;
  const reference = referenceFamily === null ? "its reference" : `its reference ${referenceFamily}`;
  if (gain === null) return unknownReading(`no paired gain over ${reference}`);
  const high = gain.value + widening! * (gain.high - gain.value);
  const verdict = high <= fireAt! ? "bad" : gain.value > resolveAt! ? "good" : "between";
  const shown =
    verdict === "bad" ? "not better than" : gain.low > 0 ? "better than" : "not shown to be better or worse than";
  return {
    verdict,
    summary: `over ${windowOf(facts)} the champion is ${shown} ${reference}: Brier gain ${figureText(gain)}`,
    figures: { ...namedFigure("brier_gain", gain), reference: referenceFamily, ...samples(facts) },
    value: high,
    limit: fireAt,
    unmet:
      verdict === "bad"
        ? null
        : `the interval of the gain reaches up to ${figureDecimals(high)}, it must end at ${fireAt} or below`,
  };
}

/** `fireAt`, `resolveAt`: distances of the realised from the expected share of spikes. */
export function readCalibration(facts: AlertFacts, { fireAt, resolveAt, widening }: RuleLimits): Reading {
  const difference = finiteFigure(facts.calibration?.difference);
  if (difference === null) return unknownReading("no realised and expected share of spikes to compare");
  const size = Math.abs(difference.value);
  const towardsZero = difference.value > 0 ? difference.value - difference.low : difference.high - difference.value;
  const excludesZero = size > widening! * towardsZero;
  const bad = excludesZero && size > fireAt!;
  const direction = difference.value > 0 ? "more" : "fewer";
  return {
    verdict: bad ? "bad" : size <= resolveAt! ? "good" : "between",
    summary: `over ${windowOf(facts)} ${direction} spikes came than the scores promised: difference ${figureText(difference)}`,
    figures: { ...namedFigure("difference", difference), ...samples(facts) },
    value: size,
    limit: fireAt,
    unmet: bad ? null : unmetDifference(size, fireAt!),
  };
}

function unmetDifference(size: number, fireAt: number): string {
  if (!(size > fireAt)) return `the difference is ${figureDecimals(size)}, it must be above ${fireAt}`;
  return "the widened interval of the difference includes 0, it must not";
}

function samples({ resolved = 0, blocks = 0, episodes = 0 }: AlertFacts): Record<string, number> {
  return { resolved, blocks, episodes };
}

function windowOf({ window = "24 h" }: AlertFacts): string {
  return window;
}
