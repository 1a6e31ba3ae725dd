// Watches for a PR-AUC below the manifest's. It has no exact null hypothesis, since precision is estimated and spikes
// come in episodes: bench/alerts.ts measures how often it is wrong.
import type { Figure } from "../../model/manifest-evaluation.ts";
import type { ScoreBins } from "../score-bins.ts";
import { NO_SCORE } from "../score-bins.ts";
import type { EvidencePhase, PrAucEvidence } from "./evidence-fact.ts";
import { FallDetector, type GroupSize } from "./fall-detector.ts";
import { ScoreCurve } from "./score-curve.ts";

const PHASES = ["new", "told", "well"] as const satisfies readonly EvidencePhase[];
/** Groups in which the curve is learnt before anything is judged by it. */
export const CURVE_GROUPS = 48;
/** Half-lives, in groups: of the scores that steps are compared with, and of the recent PR-AUC. */
const WEEK_GROUPS = 168;
const HALF_DAY_GROUPS = 12;
/** Groups of a group of the lasting evidence: days behave alike, hours do not. */
const DAY_GROUPS = 24;
/** Falls that the evidence by days looks for, in falls of the rule. */
const LASTING_FALLS = 2;

/** Limits of the rule, as a deployment has them. */
export interface PrAucLimits {
  /** Falls as shares of the manifest's figure. */
  readonly fireAt: number;
  readonly resolveAt: number;
  readonly ratePerMonth: number;
  /** Groups of a month. */
  readonly monthGroups: number;
}

/**
 * Two bodies of evidence, each with half of the rate; either suffices while the PR-AUC of about the last day is below
 * the level, (1 − fireAt) times the manifest's or the lower end of its interval, whichever is less.
 *
 * - Within a week: Σ (y − r)(level − a) by hours, a the precision of the last week's steps at the step's score, r their
 *   share of spikes about it. A spike's a is its term of PR-AUC. Less r, it is evidence only where spikes come at lower
 *   scores than in the week before, and not because a market is calm.
 * - Lasting: Σ y (level − a) by days, with twice the fall, for a figure that was never the manifest's.
 *
 * It is `well` again when the recent figure is above (1 − resolveAt) times the manifest's, or within its interval.
 */
export class PrAucWatch {
  private readonly groupSteps: number;
  private readonly week: FallDetector;
  private readonly lasting: FallDetector;
  private readonly curve = new ScoreCurve(WEEK_GROUPS);
  private readonly recent = new ScoreCurve(HALF_DAY_GROUPS);
  /** Phase; number of the open group, and groups before it. */
  private readonly state = Float64Array.of(0, -1, 0);

  constructor({ groupSteps, horizonSteps }: GroupSize) {
    this.groupSteps = groupSteps;
    this.week = new FallDetector({ groupSteps, horizonSteps });
    this.lasting = new FallDetector({ groupSteps: DAY_GROUPS * groupSteps, horizonSteps });
  }

  /** Everything that must survive a restart. */
  get arrays(): readonly Float64Array[] {
    return [this.state, ...this.parts.flatMap(({ arrays }) => arrays)];
  }

  /** Adds a labelled step. */
  update(
    index: number,
    { probability, label, bins }: { readonly probability: number; readonly label: number; readonly bins: ScoreBins },
    manifest: Figure,
    limits: PrAucLimits,
  ): void {
    const bin = bins.bin(probability);
    if (bin === NO_SCORE) return;
    const isNewGroup = this.advanceTo(Math.floor(index / this.groupSteps));
    if (this.state[2]! >= CURVE_GROUPS) {
      const precision = this.curve.precision(bin);
      const rate = this.curve.rate(bin, probability);
      const below = levelOf(manifest, limits.fireAt) - precision;
      const bound = below < 0 ? (rate - 1) * below : rate * below;
      this.week.update(index, { gain: (label - rate) * below, bound });
      const farBelow = levelOf(manifest, LASTING_FALLS * limits.fireAt) - precision;
      this.lasting.update(index, { gain: label * farBelow, bound: Math.max(0, -farBelow) });
      if (isNewGroup) this.judge(manifest, limits);
    }
    this.curve.add(bin, label);
    this.recent.add(bin, label);
  }

  fact(limits: PrAucLimits): PrAucEvidence {
    const { week, lasting, recent, state } = this;
    const { prAuc } = recent;
    return {
      phase: PHASES[state[0]!]!,
      value: week.value,
      ...limitsOf(limits),
      lasting: { value: lasting.value, limit: limitsOf(limits).limit / DAY_GROUPS },
      ending: null,
      groups: state[2]!,
      ratePerMonth: limits.ratePerMonth,
      recent: Number.isNaN(prAuc) ? null : prAuc,
    };
  }

  /** Loads what `arrays` gave. Throws `RangeError` for others. */
  load(arrays: readonly ArrayLike<number>[]): void {
    const state = arrays[0] ?? [];
    if (state.length !== 3 || PHASES[state[0]!] === undefined) {
      throw new RangeError(`PR-AUC watch: got phase ${state[0]}, expected 0, 1 or 2`);
    }
    this.state.set(state);
    let from = 1;
    for (const part of this.parts) part.load(arrays.slice(from, (from += part.arrays.length)));
  }

  private get parts() {
    return [this.week, this.lasting, this.curve, this.recent] as const;
  }

  private advanceTo(group: number): boolean {
    if (group === this.state[1]) return false;
    if (this.state[1]! >= 0) {
      this.curve.advance();
      this.recent.advance();
      this.state[2]! += 1;
    }
    this.state[1] = group;
    return true;
  }

  private judge(manifest: Figure, limits: PrAucLimits): void {
    const { state, week, lasting, recent } = this;
    const { limit } = limitsOf(limits);
    const { prAuc } = recent;
    const isTold = PHASES[state[0]!] === "told";
    const isShown = week.value >= limit || lasting.value >= limit / DAY_GROUPS;
    if (!isTold && isShown && prAuc < levelOf(manifest, limits.fireAt)) state[0] = PHASES.indexOf("told");
    else if (state[0] !== PHASES.indexOf("well") && prAuc >= levelOf(manifest, limits.resolveAt)) {
      state[0] = PHASES.indexOf("well");
      if (!isTold) return;
    } else return;
    week.restart();
    lasting.restart();
  }
}

function levelOf({ value, low }: Figure, fall: number): number {
  return Math.min((1 - fall) * value, low);
}

function limitsOf({ monthGroups, ratePerMonth }: PrAucLimits): { readonly limit: number } {
  return { limit: (2 * monthGroups) / ratePerMonth };
}
