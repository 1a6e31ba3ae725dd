// One model's threshold on one grid of a symbol: the answers that wait for their labels, what follows from the labels,
// what was changed, and what was reached.
import { LABEL } from "../features/label-window.ts";
import { decodePage, encodePage } from "../features/page-buffer.ts";
import { NO_SCORE, ScoreBins } from "../quality/score-bins.ts";
import { ALERT_BIT, AlertCounts } from "./alert-counts.ts";
import { parseGoal } from "./operating-goal.ts";
import { FOLLOWING, type FollowerState, ThresholdFollower } from "./threshold-follower.ts";
import { type ThresholdChange, ThresholdJournal } from "./threshold-journal.ts";

const KIND = "threshold 1";

/** What a manifest says of its threshold. */
export interface StatedThreshold {
  /** SHA-256 of the model. */
  readonly sha256: string;
  readonly threshold: number;
  /** The goal in words. */
  readonly goal: string;
  /** Edges of its score bins. */
  readonly edges: readonly number[];
  readonly horizonSteps: number;
}

/** One closed step, as the model answered it. */
export interface AnsweredStep {
  readonly index: number;
  readonly segmentStart: boolean;
  /** Whether its row may count: observed, and not stale. */
  readonly counts: boolean;
  /** `LABEL` of the step one horizon before. */
  readonly label: number;
  /** As answered; `NaN` without one. */
  readonly probability: number;
  /** By which it alerts while nothing follows: the manifest's, or an operator's. */
  readonly stated: number;
  /** Whether the threshold that follows is served. */
  readonly isFollowed: boolean;
}

/** Whether a threshold with this goal can follow: a goal that `goalText` words, and score bins with edges. */
export function canFollow({ goal, edges }: Pick<StatedThreshold, "goal" | "edges">): boolean {
  return edges.length > 0 && parseGoal(goal) !== undefined;
}

export class ModelThreshold {
  readonly stated: StatedThreshold;
  readonly follower: ThresholdFollower;
  readonly journal: ThresholdJournal;
  readonly served: AlertCounts;
  /** The newest step; −1 before the first. */
  lastIndex = -1;
  private readonly bins: ScoreBins;
  /** Of the last horizon of steps: score bin (`NO_SCORE` without one that counts), and `ALERT_BIT` of each. */
  private readonly bin: Uint8Array;
  private readonly alerts: Uint8Array;

  /** Throws `RangeError` for a goal or edges that cannot be followed. */
  constructor(
    stated: StatedThreshold,
    stepMs: number,
    stored?: { follower: FollowerState; journal: ThresholdJournal },
  ) {
    const goal = parseGoal(stated.goal);
    if (goal === undefined || !canFollow(stated)) {
      throw new RangeError(`goal: got ${JSON.stringify(stated.goal)}, expected one that a threshold can follow`);
    }
    this.stated = stated;
    this.bins = new ScoreBins(stated.threshold, stated.edges);
    this.follower = new ThresholdFollower({ ...stated, goal }, FOLLOWING, stored?.follower);
    this.journal = stored?.journal ?? new ThresholdJournal({ count: 0, changes: [] });
    this.served = new AlertCounts(stepMs);
    this.bin = new Uint8Array(stated.horizonSteps).fill(NO_SCORE);
    this.alerts = new Uint8Array(stated.horizonSteps);
  }

  /** Adds a closed step, in order. Returns the threshold that follows, as of this step. */
  update(step: AnsweredStep): number {
    const { index } = step;
    if (!(index > this.lastIndex)) return this.follower.threshold;
    // Labels of steps before a hole never come.
    if (step.segmentStart || index !== this.lastIndex + 1) this.bin.fill(NO_SCORE);
    this.lastIndex = index;
    this.settle(index, step.label);
    const change = this.follower.advance(index);
    if (change !== undefined) this.journal.add(change);
    this.park(step);
    return this.follower.threshold;
  }

  /** @param serial is stored beside it. */
  encode(serial: number): ArrayBuffer {
    const { stated, lastIndex, follower, journal } = this;
    const { edges, ...text } = stated;
    const numbers = {
      stated: JSON.stringify(text),
      lastIndex,
      serial,
      follower: JSON.stringify(follower.state),
      journal: JSON.stringify({ count: journal.count, changes: journal.changes }),
    };
    const arrays = [Float64Array.from(edges), follower.memory, follower.counts, this.bin, this.alerts];
    return encodePage(KIND, { numbers, arrays: [...arrays, ...this.served.arrays] });
  }

  /** Reads what `encode` wrote. Throws `StateFormatError` or `RangeError` for other bytes. */
  static decode(bytes: ArrayBuffer, stepMs: number): { readonly model: ModelThreshold; readonly serial: number } {
    const { numbers, arrays } = decodePage(KIND, bytes);
    const [edges = [], memory = [], counts = [], bin = [], alerts = [], ...served] = arrays;
    const stated = JSON.parse(String(numbers["stated"])) as Omit<StatedThreshold, "edges">;
    const follower = JSON.parse(String(numbers["follower"])) as FollowerState;
    const { count, changes } = JSON.parse(String(numbers["journal"])) as {
      readonly count: number;
      readonly changes: readonly ThresholdChange[];
    };
    const stored = { follower, journal: new ThresholdJournal({ count, changes }) };
    const model = new ModelThreshold({ ...stated, edges: Array.from(edges) }, stepMs, stored);
    model.lastIndex = Number(numbers["lastIndex"]);
    model.follower.memory.set(memory);
    model.follower.counts.set(counts);
    model.bin.set(bin);
    model.alerts.set(alerts);
    model.served.load(served);
    return { model, serial: Number(numbers["serial"]) };
  }

  private settle(index: number, label: number): void {
    const settled = index - this.stated.horizonSteps;
    if (settled < 0) return;
    const at = settled % this.bin.length;
    const bin = this.bin[at]!;
    if (bin === NO_SCORE || (label !== LABEL.calm && label !== LABEL.spike)) return;
    const truth = label === LABEL.spike ? 1 : 0;
    this.follower.learn(settled, bin, truth);
    this.served.add(settled, truth, this.alerts[at]!);
  }

  private park({ index, counts, probability, stated, isFollowed }: AnsweredStep): void {
    const at = index % this.bin.length;
    this.bin[at] = counts ? this.bins.bin(probability) : NO_SCORE;
    const byStated = probability >= stated;
    const byFollowed = probability >= this.follower.threshold;
    this.alerts[at] =
      (byStated ? ALERT_BIT.stated : 0) |
      (byFollowed ? ALERT_BIT.followed : 0) |
      ((isFollowed ? byFollowed : byStated) ? ALERT_BIT.served : 0);
  }
}
