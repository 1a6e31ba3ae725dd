// The alert rules on live quality: PR-AUC, the gain over the reference, calibration. Sequential evidence decides them;
// the figures of the window are shown beside it, and may be missing.
import type { EvidenceFact } from "../alert-evidence/evidence-fact.ts";
import { CURVE_GROUPS } from "../alert-evidence/pr-auc-watch.ts";
import { FIRST_GROUPS } from "../alert-evidence/fall-detector.ts";
import { finiteFigure } from "../finite-figure.ts";
import type { AlertFigures } from "./alert-change.ts";
import type { AlertFacts } from "./alert-facts.ts";
import { figureText, levelText, namedFigure, shareText } from "./alert-figure-text.ts";
import type { RuleLimits } from "./alert-limits.ts";
import { type Reading, unknownReading } from "./rule-reading.ts";

/** `fireAt`, `resolveAt`: falls as a share of the manifest's figure. */
export function readPrAuc(facts: AlertFacts, { fireAt }: RuleLimits): Reading {
  const evidence = facts.evidence?.prAuc;
  if (evidence === null || evidence === undefined) return unknownReading("no PR-AUC of a manifest to compare with");
  const early = tooFewGroups(evidence, CURVE_GROUPS);
  if (early !== undefined) return early;
  const live = finiteFigure(facts.prAuc?.live);
  const manifest = finiteFigure(facts.prAuc?.manifest);
  const rates = facts.baseRate ?? { live: null, manifest: null };
  const fall = live === null || manifest === null ? null : 1 - live.value / manifest.value;
  const { lasting, recent } = evidence;
  // The nearer of the two to its limit.
  const nearest = lasting.value / lasting.limit > evidence.value / evidence.limit ? lasting : evidence;
  const isTold = evidence.phase === "told";
  return {
    ...judged(
      { ...evidence, ...nearest },
      {
        ...(live === null ? {} : namedFigure("pr_auc", live)),
        ...(manifest === null ? {} : namedFigure("manifest_pr_auc", manifest)),
        fall,
        recent_pr_auc: recent,
        base_rate: rates.live,
        manifest_base_rate: rates.manifest,
        ...samples(facts),
      },
    ),
    summary: `${isTold ? "PR-AUC is shown to have fallen" : "no fall of PR-AUC is shown"}${overWindow(facts)}${
      live === null || manifest === null
        ? ""
        : ` it is ${figureText(live)}, ${movedText(fall!)} the manifest's ${figureText(manifest)}`
    }`,
    value: fall,
    limit: fireAt,
  };
}

function movedText(fall: number): string {
  return `${shareText(Math.abs(fall))} ${fall >= 0 ? "below" : "above"}`;
}

/** `fireAt`: the least Brier gain over the reference that is no fault. */
export function readReferenceGain(facts: AlertFacts, { fireAt }: RuleLimits): Reading {
  const { referenceFamily = null } = facts;
  const reference = referenceFamily === null ? "its reference" : `its reference ${referenceFamily}`;
  const evidence = facts.evidence?.referenceGain;
  if (evidence === null || evidence === undefined) return unknownReading(`no paired gain over ${reference}`);
  const early = tooFewGroups(evidence, FIRST_GROUPS);
  if (early !== undefined) return early;
  const gain = finiteFigure(facts.referenceGain);
  const isTold = evidence.phase === "told";
  return {
    ...judged(evidence, {
      ...(gain === null ? {} : namedFigure("brier_gain", gain)),
      reference: referenceFamily,
      ...samples(facts),
    }),
    summary:
      `the champion is ${isTold ? "shown to be worse than" : "not shown to be worse than"} ${reference}` +
      `${overWindow(facts)} ${gain === null ? "no gain is known" : `its Brier gain is ${figureText(gain)}`}`,
    value: gain?.value ?? null,
    limit: fireAt,
  };
}

/** `fireAt`: the distance of the realised from the expected share of spikes that is tolerated. */
export function readCalibration(facts: AlertFacts, { fireAt }: RuleLimits): Reading {
  const both = facts.evidence?.calibration;
  if (both === undefined) return unknownReading("no realised and expected share of spikes to compare");
  const { more, fewer } = both;
  const isFewer = nearness(fewer) > nearness(more);
  const evidence = isFewer ? fewer : more;
  const early = tooFewGroups(evidence, FIRST_GROUPS);
  if (early !== undefined) return early;
  const isLost = more.phase === "new" || fewer.phase === "new";
  const reading = judged(evidence, samples(facts));
  const difference = finiteFigure(facts.calibration?.difference);
  const isTold = evidence.phase === "told";
  return {
    ...reading,
    // Well only if neither direction is in doubt.
    verdict: reading.verdict === "good" && isLost ? "between" : reading.verdict,
    summary:
      `${isFewer ? "fewer" : "more"} spikes ${isTold ? "come" : "are not shown to come"} than the scores promise` +
      `${overWindow(facts)} the difference is ${difference === null ? "not known" : figureText(difference)}`,
    figures: {
      ...(difference === null ? {} : namedFigure("difference", difference)),
      direction: isFewer ? "fewer" : "more",
      ...reading.figures,
    },
    value: difference === null ? null : Math.abs(difference.value),
    limit: fireAt,
  };
}

/** What was told lies beyond all limits. */
function nearness({ phase, value }: EvidenceFact): number {
  return phase === "told" ? Infinity : value;
}

/** A reading that says so while nothing was staked yet. @param least groups before the evidence begins. */
function tooFewGroups({ groups }: EvidenceFact, least: number): Reading | undefined {
  if (groups > least) return undefined;
  return unknownReading(`too few groups of steps to judge: ${groups}, expected more than ${least}`);
}

/** Verdict, figures and evidence of a rule. */
function judged(
  evidence: EvidenceFact,
  figures: AlertFigures,
): Pick<Reading, "verdict" | "figures" | "unmet" | "evidence"> {
  const { phase, value, limit, ratePerMonth } = evidence;
  return {
    verdict: ({ new: "between", told: "bad", well: "good" } as const)[phase],
    figures: { ...figures, evidence: value, evidence_limit: limit, rate_per_month: ratePerMonth },
    unmet: phase === "told" ? null : `the evidence of it is ${levelText(evidence)}`,
    evidence,
  };
}

function samples({ resolved = 0, blocks = 0, episodes = 0 }: AlertFacts): Record<string, number> {
  return { resolved, blocks, episodes };
}

function overWindow({ window = "24 h" }: AlertFacts): string {
  return `; over ${window}`;
}
