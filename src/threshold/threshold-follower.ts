// Follows the threshold that reaches a stated goal on a model's live labels. One follower is one model on one grid of a
// symbol; which of its answers is served is decided elsewhere.
import { exp, ln } from "../features/exact-math.ts";
import { chooseCut, type Cut, relativeGain } from "./choose-cut.ts";
import type { OperatingGoal } from "./operating-goal.ts";
import type { ThresholdChange } from "./threshold-journal.ts";

/** How a threshold follows. */
export interface Following {
  /** Time after which labels count 1/e, in horizons of labelled steps. */
  readonly memoryHorizons: number;
  /** A threshold may change at each multiple of this, in horizons. */
  readonly gridHorizons: number;
  /** Stretches with a spike since the last change, and in the memory, before it may change. */
  readonly leastStretches: number;
  /** Smallest change in log-odds. */
  readonly leastChange: number;
  /** Smallest gain of a change, as a share of the F1 or the cost at the threshold of before: their optimum is flat. */
  readonly leastGain: number;
  /** Largest distance from the manifest's threshold in log-odds. */
  readonly bound: number;
}

/** Spikes less than this many steps, or a horizon, after the first of them are one stretch, and so one fact. */
const STRETCH_STEPS = 60;

/** Measured by `npm run bench:threshold`. */
export const FOLLOWING: Following = {
  memoryHorizons: 10_080,
  gridHorizons: 60,
  leastStretches: 60,
  leastChange: 0.1,
  leastGain: 0.02,
  bound: 3,
};

/** What a follower follows. */
export interface Followed {
  /** Ascending edges of the model's score bins, the threshold among them. */
  readonly edges: readonly number[];
  /** The manifest's. */
  readonly threshold: number;
  readonly goal: OperatingGoal;
  readonly horizonSteps: number;
}

/** The numbers of a follower, for its pages. */
export interface FollowerState {
  readonly threshold: number;
  /** Number of the grid's part that is being counted; −1 before the first step. */
  readonly part: number;
  /** Stretches since the last change, and decayed ones of closed parts. */
  readonly stretchesSince: number;
  readonly stretches: number;
  readonly partStretches: number;
  readonly partRows: number;
  /** First spike of the newest stretch; −1 before the first. */
  readonly stretch: number;
}

/**
 * Counts labels by score bin with exponential memory, and at fixed steps takes the edge that serves the goal best by
 * `chooseCut`: the trainer's rule. It stays where it is while there are too few stretches with a spike, and while the
 * better edge is close or gains little; and it never leaves the bound around the manifest's threshold.
 *
 * Its answers depend on the labels that `update` was given alone. Until the first change it answers the manifest's
 * threshold.
 */
export class ThresholdFollower {
  /** From which probability a step alerts. */
  threshold: number;
  /** Labels of the closed parts by bin, decayed: calm ones, then spikes. */
  readonly memory: Float64Array;
  /** Labels of the part that is being counted. */
  readonly counts: Uint32Array;
  private readonly followed: Followed;
  private readonly following: Following;
  private readonly partSteps: number;
  private readonly stretchSteps: number;
  /** Positions of the edges within the bound, the highest first. */
  private readonly allowed: readonly number[];
  private stretch = -1;
  private part = -1;
  private partRows = 0;
  private partStretches = 0;
  private stretches = 0;
  private stretchesSince = 0;

  constructor(followed: Followed, following: Following = FOLLOWING, state?: FollowerState) {
    this.followed = followed;
    this.following = following;
    const { edges, threshold, horizonSteps } = followed;
    this.partSteps = following.gridHorizons * horizonSteps;
    this.stretchSteps = Math.max(horizonSteps, STRETCH_STEPS);
    this.threshold = threshold;
    this.memory = new Float64Array(2 * (edges.length + 1));
    this.counts = new Uint32Array(2 * (edges.length + 1));
    const middle = logit(threshold);
    this.allowed = edges
      .flatMap((edge, i) => (edge === threshold || Math.abs(logit(edge) - middle) <= following.bound ? [i] : []))
      .reverse();
    if (state === undefined) return;
    this.threshold = state.threshold;
    this.part = state.part;
    this.partRows = state.partRows;
    this.partStretches = state.partStretches;
    this.stretches = state.stretches;
    this.stretchesSince = state.stretchesSince;
    this.stretch = state.stretch;
  }

  get state(): FollowerState {
    const { threshold, part, partRows, partStretches, stretches, stretchesSince, stretch } = this;
    return { threshold, part, partRows, partStretches, stretches, stretchesSince, stretch };
  }

  /** Lowest and highest threshold that it may take. */
  get bounds(): readonly [number, number] {
    const { edges } = this.followed;
    return [edges[this.allowed.at(-1)!]!, edges[this.allowed[0]!]!];
  }

  /** Adds the label of a step. @param bin of the probability that was answered for it. */
  learn(index: number, bin: number, label: 0 | 1): void {
    this.counts[bin + (label === 1 ? this.counts.length / 2 : 0)]! += 1;
    this.partRows += 1;
    if (label === 0 || (this.stretch >= 0 && index - this.stretch < this.stretchSteps)) return;
    this.stretch = index;
    this.partStretches += 1;
  }

  /** Call it for every closed step, after the labels that arrived with it. Returns the change that begins with it. */
  advance(index: number): ThresholdChange | undefined {
    const part = Math.floor(index / this.partSteps);
    if (part === this.part) return undefined;
    this.part = part;
    if (this.partRows === 0) return undefined;
    this.closePart();
    return this.choose(index);
  }

  private closePart(): void {
    const { memory, counts, partRows } = this;
    const kept = exp(-partRows / (this.following.memoryHorizons * this.followed.horizonSteps));
    for (let i = 0; i < memory.length; i++) memory[i] = memory[i]! * kept + counts[i]!;
    this.stretches = this.stretches * kept + this.partStretches;
    this.stretchesSince += this.partStretches;
    counts.fill(0);
    this.partRows = 0;
    this.partStretches = 0;
  }

  private choose(index: number): ThresholdChange | undefined {
    const { leastStretches, leastChange, leastGain } = this.following;
    if (this.stretchesSince < leastStretches || this.stretches < leastStretches) return undefined;
    const { cuts, rows, positives } = this.cuts();
    const { goal } = this.followed;
    const { cut, reached } = chooseCut(goal, cuts, { rows, positives });
    const from = this.threshold;
    // Also where both are 0 or 1, whose log-odds have no difference.
    if (cut.threshold === from) return undefined;
    const before = cuts.find(({ threshold }) => threshold === from)!;
    if (!(relativeGain(goal, before, cut, { rows, positives }) >= leastGain)) return undefined;
    if (Math.abs(logit(cut.threshold) - logit(from)) < leastChange) return undefined;
    this.threshold = cut.threshold;
    this.stretchesSince = 0;
    const { threshold: to, alerts, truePositives } = cut;
    return { step: index, from, to, reached, rows, positives, alerts, truePositives, stretches: this.stretches };
  }

  /** The outcome at each allowed edge, from the highest down. */
  private cuts(): { readonly cuts: readonly Cut[]; readonly rows: number; readonly positives: number } {
    const { memory } = this;
    const { edges } = this.followed;
    const bins = edges.length + 1;
    const cuts: Cut[] = [];
    let [alerts, truePositives, next] = [0, 0, 0];
    for (let bin = bins - 1; bin > 0; bin--) {
      alerts += memory[bin]! + memory[bins + bin]!;
      truePositives += memory[bins + bin]!;
      if (this.allowed[next] !== bin - 1) continue;
      next += 1;
      cuts.push({ threshold: edges[bin - 1]!, alerts, truePositives });
    }
    const rows = alerts + memory[0]! + memory[bins]!;
    return { cuts, rows, positives: truePositives + memory[bins]! };
  }
}

function logit(p: number): number {
  return ln(p / (1 - p));
}
