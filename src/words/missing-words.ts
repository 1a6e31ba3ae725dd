// Texts that explain missing figures: every `null` in an answer has a reason.
import type { PairRefusal } from "../quality/live-quality.ts";
import type { LabelQuality, PairQuality, SeriesQuality } from "../quality/window-quality.ts";

const CURVES = "pr_auc, lift, roc_auc, brier_skill";

/** Reasons for every `null` among a model's figures; empty if all figures exist. */
export function missingFigures(label: LabelQuality, series: SeriesQuality): string[] {
  const { resolved, pending, blocks, confusion, precision } = series;
  if (resolved === 0) {
    return [
      pending > 0
        ? `figures: ${pending} predictions wait for their labels, each of which comes ${label.horizonSteps} steps later`
        : "figures: no counted step of this window was scored by it",
    ];
  }
  const missing: string[] = [];
  const spikes = confusion.tp + confusion.fn;
  if (spikes === 0) missing.push(`${CURVES}, recall: no spike among ${resolved} resolved steps`);
  if (spikes === resolved) missing.push(`${CURVES}: only spikes among ${resolved} resolved steps`);
  if (precision === null)
    missing.push(`precision: no probability reached the threshold ${Number(series.threshold.toPrecision(4))}`);
  if (blocks < 2) {
    missing.push(`figures with an interval: ${blocks} block with resolved steps, at least 2 are needed`);
  } else if (series.brier === null) {
    missing.push("figures with an interval: spikes are in fewer than two groups of blocks");
  } else if (spikes > 0 && spikes < resolved && series.prAuc === null) {
    missing.push(`${CURVES}: calm steps are in too few blocks for an interval`);
  }
  return [...missing, ...missingCurves(series)];
}

/** What the curves lack, where they were asked for. */
function missingCurves({ curves, blocks, confusion, resolved }: SeriesQuality): string[] {
  if (curves === undefined) return [];
  if (curves === null) return [`curves: ${blocks} block with resolved steps, at least 2 are needed`];
  const missing: string[] = [];
  const { precisionRecall, reliability } = curves;
  if (precisionRecall.length === 0) {
    missing.push(`curves.precision_recall: ${confusion.tp + confusion.fn} spikes among ${resolved} resolved steps`);
  } else if (precisionRecall.some(({ low }) => low === null)) {
    missing.push("intervals of curves.precision_recall: spikes are in fewer than two groups of blocks");
  }
  const bare = reliability.filter(({ count, low }) => count > 0 && low === null);
  if (bare.length > 0) {
    const names = bare.map(({ from, to }) => `${from}–${to}`).join(", ");
    missing.push(
      `intervals of curves.reliability at ${names}: the rarer outcome is in fewer than two groups of blocks`,
    );
  }
  return missing;
}

/** Below this many decided steps, or this share of them, void labels are not worth a word. */
const MANY_DECIDED = 100;
const MANY_VOID = 0.2;

/** That many steps have no label, and what to do; `null` where few are. @param labelStepMs see `SymbolQuality`. */
export function manyVoid(
  { voids, resolved }: Pick<LabelQuality, "voids" | "resolved">,
  stepMs: number,
  labelStepMs: number | null,
): string | null {
  const decided = voids + resolved;
  if (decided < MANY_DECIDED || voids < MANY_VOID * decided) return null;
  const share = `${((100 * voids) / decided).toFixed(0)} % of ${decided} decided steps are void`;
  const advice =
    labelStepMs === null || labelStepMs <= stepMs
      ? ""
      : `; as ticks came lately a step of ${labelStepMs / 1000} s would have labels (STEP_MS, then create the symbol anew)`;
  return `labels: ${share}, fewer than 95 % of their horizon's returns exist${advice}`;
}

/** Why two models are not compared; `null` if they are. */
export function missingComparison({ refusal, blocks, brierGain }: PairQuality): string | null {
  if (refusal === "label_specs_differ") {
    return "label_specs_differ: they predict different things, so that their figures cannot be compared";
  }
  if (refusal === "unknown_model") return "unknown_model: one of them has not been followed here yet";
  if (blocks < 2) {
    return `too_few_blocks: ${blocks} ${blocks === 1 ? "block" : "blocks"} that both scored in full, at least 2 are needed`;
  }
  if (brierGain === null)
    return "too_few_spikes: spikes are in fewer than two groups of these blocks, which leaves no interval";
  return null;
}

/** Why the experiment collects no evidence; `null` if it does, or if there is no refusal to explain. */
export function pairRefusalWords(refusal: PairRefusal | null): string | null {
  switch (refusal) {
    case "no_pair":
      return "no_pair: there is no challenger";
    case "label_specs_differ":
      return "label_specs_differ: champion and challenger predict different things";
    case "horizon_too_long":
      return "horizon_too_long: a block of 900 steps holds no whole horizon";
    case null:
      return null;
  }
}
