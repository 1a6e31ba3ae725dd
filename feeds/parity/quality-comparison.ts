// Compares the gateway's live quality with the trainer's over the same steps: counts per score bin and the confusion
// matrix exactly, live PR-AUC with the exact one, which must also lie within its stated bounds.
import type { ClosedSteps } from "../../src/features/closed-steps.ts";
import { LABEL } from "../../src/features/label-window.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { PooledPrior, PriorsByModel } from "../../src/recalibration/pooled-prior.ts";
import { ScoreBins, SCORE_BINS } from "../../src/quality/score-bins.ts";
import { readHeaders } from "../../gateway-client/gateway-queries.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { confusionAt } from "../../trainer/evaluate/metrics/confusion.ts";
import type { Differences } from "./differences.ts";

/** By how much live PR-AUC may differ from the exact one. */
const PR_AUC_TOLERANCE = 0.005;

const ROUNDING = 1e-9;

export const QUALITY_WINDOWS = ["1h", "24h", "30d"] as const;

/** What was compared of one model in one window. */
export interface QualityRow {
  readonly what: string;
  readonly resolved: number;
  readonly spikes: number;
  /** `null` without a spike, or where the gateway gives none (fewer than two blocks). */
  readonly exactPrAuc: number | null;
  readonly livePrAuc: number | null;
}

/** A model's part of `/symbols/:symbol/quality?bins=1`. */
interface LiveModel {
  readonly model: { readonly sha256: string };
  readonly resolved: number;
  readonly counts: { readonly calm: readonly number[]; readonly spike: readonly number[] };
  readonly confusion: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number };
  readonly pr_auc: { readonly value: number } | null;
  readonly pr_auc_bounds: { readonly low: number; readonly high: number } | null;
}

interface LiveWindow {
  readonly from: string | null;
  readonly step_ms: number;
  readonly labels: readonly { readonly models: readonly LiveModel[] }[];
  readonly recalibrations: readonly {
    readonly model: { readonly sha256: string };
    readonly prior: (Omit<PooledPrior, "atMs"> & { readonly at: number }) | null;
  }[];
}

/** What the recalibrations of a symbol began with, by SHA-256: what the trainer's pass must begin with too. */
export function priorsOf({ recalibrations }: LiveWindow): PriorsByModel {
  return Object.fromEntries(
    recalibrations.flatMap(({ model: { sha256 }, prior }) => {
      if (prior === null) return [];
      const { at: atMs, ...rest } = prior;
      return [[sha256, { ...rest, atMs }]];
    }),
  );
}

/** Requests it from a running gateway. Throws `Error` when it does not answer 200. */
export async function fetchQuality(
  baseUrl: string,
  symbol: string,
  window: string,
  { readToken, grid }: { readonly readToken?: string | undefined; readonly grid?: string | undefined } = {},
): Promise<LiveWindow> {
  const query = `window=${window}&bins=1${grid === undefined ? "" : `&grid=${grid}`}`;
  const url = `${baseUrl}/symbols/${encodeURIComponent(symbol)}/quality?${query}`;
  const response = await fetch(url, { headers: readHeaders(readToken) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /symbols/${symbol}/quality: got ${response.status} ${text}`);
  return JSON.parse(text) as LiveWindow;
}

/** Labels and probabilities of the steps that count, as the trainer joins them. */
interface Resolved {
  readonly labels: Uint8Array;
  readonly probabilities: Float32Array;
}

/**
 * The trainer's own list over the steps from `fromIndex` on: each step's label is the one that closed a horizon later,
 * in the same segment; void labels and rows that are stale or unobserved are left out.
 * @param probabilities one per closed step, `NaN` where there is none.
 */
export function resolvedSteps(
  closed: ClosedSteps,
  horizonSteps: number,
  probabilities: Float32Array,
  fromIndex: number,
): Resolved {
  const places = new Map<number, number>();
  const labels: number[] = [];
  const scores: number[] = [];
  for (let k = 0; k < closed.count; k++) {
    places.set(closed.index[k]!, k);
    const label = closed.label[k * closed.specCount]!;
    if (label !== LABEL.calm && label !== LABEL.spike) continue;
    const index = closed.index[k]! - horizonSteps;
    const made = places.get(index);
    if (made === undefined || index < fromIndex || !closed.isEligible(made) || Number.isNaN(probabilities[made]!))
      continue;
    labels.push(label === LABEL.spike ? 1 : 0);
    scores.push(probabilities[made]!);
  }
  return { labels: Uint8Array.from(labels), probabilities: Float32Array.from(scores) };
}

/** Compares one model's window; what differs is added to `differences`. */
export function compareQuality(
  what: string,
  live: LiveModel,
  { labels, probabilities }: Resolved,
  { threshold, scoreEdges }: Pick<Manifest, "threshold" | "scoreEdges">,
  differences: Differences,
): QualityRow {
  const bins = new ScoreBins(threshold, scoreEdges ?? []);
  const calm = new Float64Array(SCORE_BINS);
  const spike = new Float64Array(SCORE_BINS);
  labels.forEach((label, i) => ((label === 1 ? spike : calm)[bins.bin(probabilities[i]!)]! += 1));
  const told = (kind: string) => (at: number) => `${what}: ${kind} steps in score bin ${at}`;
  differences.compare(Float64Array.from(live.counts.calm), calm, told("calm"));
  differences.compare(Float64Array.from(live.counts.spike), spike, told("spike"));
  const own = confusionAt(labels, probabilities, threshold);
  const { tp, fp, fn, tn } = live.confusion;
  const counts = [own.truePositives, own.falsePositives, own.falseNegatives, own.trueNegatives];
  differences.compare(
    Float64Array.of(tp, fp, fn, tn),
    Float64Array.from(counts),
    (at) => `${what}: ${["true positives", "false positives", "false negatives", "true negatives"][at]}`,
  );
  const exact = averagePrecision(labels, probabilities);
  const exactPrAuc = Number.isNaN(exact) ? null : exact;
  const livePrAuc = live.pr_auc?.value ?? null;
  if (exactPrAuc !== null && livePrAuc !== null) {
    const error = Math.abs(livePrAuc - exactPrAuc);
    const text = `${what}: live PR-AUC ${livePrAuc}, exact ${exactPrAuc}: more than ${PR_AUC_TOLERANCE} apart`;
    if (error > PR_AUC_TOLERANCE) differences.add(() => text, error);
    const { low, high } = live.pr_auc_bounds ?? { low: NaN, high: NaN };
    const isWithin = exactPrAuc >= low - ROUNDING && exactPrAuc <= high + ROUNDING;
    if (!isWithin) differences.add(() => `${what}: exact PR-AUC ${exactPrAuc}, outside of ${low} to ${high}`, error);
  }
  return { what, resolved: labels.length, spikes: labels.reduce((sum, y) => sum + y, 0), exactPrAuc, livePrAuc };
}
