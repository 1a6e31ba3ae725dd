// The alert rules on live quality as they were before evidence decided them: 95 % intervals of the last 96 blocks, made
// twice as wide, looked at after each block, with three confirmations. What `bench:alerts` compares with.
import type { Figure } from "../src/model/manifest-evaluation.ts";
import { averagePrecisionOfBins } from "../src/quality/bin-curves.ts";
import { type BlockGroups, blockGroups } from "../src/quality/block-groups.ts";
import type { FigureScale } from "../src/quality/figure-scale.ts";
import { jackknifeInterval } from "../src/quality/jackknife-interval.ts";
import { SCORE_BINS, type ScoreBins } from "../src/quality/score-bins.ts";
import type { LabelledRow } from "./alert-streams.ts";

/** Blocks of 15 horizons in a day, where a horizon is a minute. */
const WINDOW_BLOCKS = 96;
const FEWEST_BLOCKS = 8;
/** Blocks with a spike stand for episodes, which a grid of minutes counts otherwise. */
const FEWEST_EPISODES = 10;
const CONFIRMATIONS = 3;
const COOL_DOWN_BLOCKS = 4;

const RULES = ["calibration", "not_better_than_baseline", "pr_auc_fell"] as const;
export type QualityRule = (typeof RULES)[number];

interface BlockSums {
  readonly number: number;
  rows: number;
  spikes: number;
  gap: number;
  gain: number;
  readonly bins: Float64Array;
}

type Verdict = "bad" | "between" | "good" | "unknown";

/** One rule's streak, as the alert book counts it when it looks once a block. */
class Streak {
  isFiring = false;
  private count = 0;
  private resolvedAt = -Infinity;

  /** @returns whether the alert begins. */
  look(verdict: Verdict, block: number): boolean {
    if (verdict === "unknown") return false;
    if (verdict !== (this.isFiring ? "good" : "bad")) {
      this.count = 0;
      return false;
    }
    this.count += 1;
    if (this.count < CONFIRMATIONS || (!this.isFiring && block - this.resolvedAt < COOL_DOWN_BLOCKS)) return false;
    this.isFiring = !this.isFiring;
    this.count = 0;
    if (!this.isFiring) this.resolvedAt = block;
    return this.isFiring;
  }
}

export class DoubledIntervals {
  private readonly blockSteps: number;
  private readonly manifest: Figure;
  private readonly bins: ScoreBins;
  private blocks: BlockSums[] = [];
  private readonly streaks = {
    calibration: new Streak(),
    not_better_than_baseline: new Streak(),
    pr_auc_fell: new Streak(),
  };

  /** @param manifest PR-AUC. */
  constructor(blockSteps: number, bins: ScoreBins, manifest: Figure) {
    this.blockSteps = blockSteps;
    this.bins = bins;
    this.manifest = manifest;
  }

  /** @returns the rules of which an alert begins with the block before this row. */
  update({ step, label, champion, reference }: LabelledRow): readonly QualityRule[] {
    const number = Math.floor(step / this.blockSteps);
    const newest = this.blocks.at(-1);
    const begun = newest !== undefined && newest.number !== number ? this.look(number) : [];
    if (newest?.number !== number) {
      const bins = new Float64Array(2 * SCORE_BINS);
      this.blocks.push({ number, rows: 0, spikes: 0, gap: 0, gain: 0, bins });
      if (this.blocks.length > WINDOW_BLOCKS + 1) this.blocks.shift();
    }
    const block = this.blocks.at(-1)!;
    block.rows += 1;
    block.gap += label - champion;
    block.gain += (reference - label) ** 2 - (champion - label) ** 2;
    block.bins[(label === 1 ? SCORE_BINS : 0) + this.bins.bin(champion)]! += 1;
    block.spikes += label;
    return begun;
  }

  private look(number: number): QualityRule[] {
    const { blocks } = this;
    const withSpikes = blocks.filter(({ spikes }) => spikes > 0).length;
    if (blocks.length < FEWEST_BLOCKS || withSpikes < FEWEST_EPISODES) return [];
    const counts = {
      rows: Int32Array.from(blocks, ({ rows }) => rows),
      positives: Int32Array.from(blocks, ({ spikes }) => spikes),
    };
    const groups = blockGroups(counts);
    const verdicts: Record<QualityRule, Verdict> = {
      calibration: ofCalibration(this.meanOf(groups, ({ gap }) => gap)),
      not_better_than_baseline: ofGain(this.meanOf(groups, ({ gain }) => gain)),
      pr_auc_fell: ofPrAuc(this.prAuc(groups), this.manifest),
    };
    return RULES.filter((rule) => this.streaks[rule].look(verdicts[rule], number));
  }

  private meanOf(groups: BlockGroups, sumOf: (block: BlockSums) => number): Figure | null {
    const count = groups.hasSpike.length;
    const [sums, rows] = [new Float64Array(count), new Float64Array(count)];
    this.blocks.forEach((block, b) => {
      sums[groups.groupOf[b]!]! += sumOf(block);
      rows[groups.groupOf[b]!]! += block.rows;
    });
    const [sum, all] = [sums.reduce((a, b) => a + b, 0), rows.reduce((a, b) => a + b, 0)];
    const without = sums.map((one, g) => (sum - one) / (all - rows[g]!));
    return figure(sum / all, without, groups, "difference");
  }

  private prAuc(groups: BlockGroups): Figure | null {
    const perGroup = Array.from(groups.hasSpike, () => new Float64Array(2 * SCORE_BINS));
    const whole = new Float64Array(2 * SCORE_BINS);
    this.blocks.forEach(({ bins }, b) => {
      const group = perGroup[groups.groupOf[b]!]!;
      for (let j = 0; j < bins.length; j++) {
        group[j]! += bins[j]!;
        whole[j]! += bins[j]!;
      }
    });
    const without = perGroup.map((group) => ofBins(whole.map((count, j) => count - group[j]!)));
    return figure(ofBins(whole), Float64Array.from(without), groups, "share");
  }
}

function ofBins(bins: Float64Array): number {
  return averagePrecisionOfBins(bins.subarray(0, SCORE_BINS), bins.subarray(SCORE_BINS));
}

function figure(value: number, without: Float64Array, { hasSpike }: BlockGroups, scale: FigureScale): Figure | null {
  return Number.isFinite(value) ? jackknifeInterval(value, without, hasSpike, scale) : null;
}

function ofCalibration(difference: Figure | null): Verdict {
  if (difference === null) return "unknown";
  const size = Math.abs(difference.value);
  const towardsZero = difference.value > 0 ? difference.value - difference.low : difference.high - difference.value;
  if (size > 2 * towardsZero && size > 0.02) return "bad";
  return size <= 0.01 ? "good" : "between";
}

function ofGain(gain: Figure | null): Verdict {
  if (gain === null) return "unknown";
  if (gain.high <= 0) return "bad";
  return gain.value > 0 ? "good" : "between";
}

/** The two intervals are joined by Zou and Donner's recovery of variances (MOVER, 2008). */
function ofPrAuc(live: Figure | null, manifest: Figure): Verdict {
  if (live === null) return "unknown";
  const fall = 1 - live.value / manifest.value;
  const high = live.value - manifest.value + 2 * Math.hypot(live.high - live.value, manifest.value - manifest.low);
  if (fall > 0.05 && high < 0) return "bad";
  return fall <= 0.025 || live.value >= manifest.low ? "good" : "between";
}
