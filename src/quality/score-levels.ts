// Resolved scores of one model as a short sorted list of levels, with few scores each where scores are many: what PR-AUC
// and ROC-AUC are computed from. Levels follow the scores themselves, so that scores that crowd together stay apart.
import { type PackedReader, PackedWriter } from "./row-codec.ts";

/** Levels of a block that takes no more scores. */
export const SEALED_LEVELS = 64;
/** A block that takes scores is shortened to half of this when it is full. */
const MOST_LEVELS = 256;

/** One level, with its counts: scores above `bottom` and up to `top`, or of exactly `top` where both are equal. */
export interface ScoreLevel {
  readonly top: number;
  readonly bottom: number;
  readonly calm: number;
  readonly spike: number;
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/**
 * Levels in ascending order. A level holds the scores between the level below and its own highest score; a level of one
 * score holds equal scores only, which are a tie.
 */
export class ScoreLevels {
  private readonly tops: Float32Array;
  private readonly calm: Uint32Array;
  private readonly spike: Uint32Array;
  /** 1 for a level of one score. */
  private readonly single: Uint8Array;
  private count = 0;

  constructor() {
    this.tops = new Float32Array(MOST_LEVELS + 1);
    this.calm = new Uint32Array(MOST_LEVELS + 1);
    this.spike = new Uint32Array(MOST_LEVELS + 1);
    this.single = new Uint8Array(MOST_LEVELS + 1);
  }

  get sizeBytes(): number {
    return this.tops.byteLength + this.calm.byteLength + this.spike.byteLength + this.single.byteLength;
  }

  /** Adds a resolved score. @param probability float32, from 0 to 1; @param label 1 for a spike, else 0. */
  add(probability: number, label: number): void {
    const { tops, count } = this;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tops[middle]! < probability) low = middle + 1;
      else high = middle;
    }
    const isCovered = low < count && (tops[low] === probability || this.single[low] === 0);
    if (!isCovered) this.insert(low, probability);
    (label === 1 ? this.spike : this.calm)[low]! += 1;
    if (this.count > MOST_LEVELS) this.shorten(MOST_LEVELS / 2);
  }

  /** Merges neighbours until there are at most `most` levels (`levelGroups`). */
  shorten(most: number): void {
    const { tops, calm, spike, single, count } = this;
    if (count <= most) return;
    const group = levelGroups(this.levels(), most);
    let to = -1;
    for (let i = 0; i < count; i++) {
      const isNew = i === 0 || group[i] !== group[i - 1];
      if (isNew) to += 1;
      const [c, s] = [calm[i]!, spike[i]!];
      calm[to] = isNew ? c : calm[to]! + c;
      spike[to] = isNew ? s : spike[to]! + s;
      single[to] = isNew ? single[i]! : 0;
      tops[to] = tops[i]!;
    }
    this.count = to + 1;
  }

  levels(): ScoreLevel[] {
    return Array.from({ length: this.count }, (_, i) => {
      const top = this.tops[i]!;
      const bottom = this.single[i] === 1 ? top : i === 0 ? 0 : this.tops[i - 1]!;
      return { top, bottom, calm: this.calm[i]!, spike: this.spike[i]! };
    });
  }

  pack(to: PackedWriter): void {
    to.whole(this.count);
    let before = 0;
    for (let i = 0; i < this.count; i++) {
      scratch[0] = this.tops[i]!;
      to.whole(scratchBits[0]! - before);
      to.whole(2 * this.calm[i]! + this.single[i]!);
      to.whole(this.spike[i]!);
      before = scratchBits[0]!;
    }
  }

  packed(): Uint8Array<ArrayBuffer> {
    const to = new PackedWriter();
    this.pack(to);
    return to.finish();
  }

  /** Restores what `pack` wrote. Throws `RangeError` for other bytes. */
  static unpack(from: PackedReader): ScoreLevels {
    const count = from.whole();
    if (count > MOST_LEVELS) throw new RangeError(`levels: got ${count}, expected at most ${MOST_LEVELS}`);
    const levels = new ScoreLevels();
    levels.count = count;
    let bits = 0;
    for (let i = 0; i < count; i++) {
      bits += from.whole();
      scratchBits[0] = bits;
      levels.tops[i] = scratch[0]!;
      const calm = from.whole();
      levels.calm[i] = Math.floor(calm / 2);
      levels.single[i] = calm % 2;
      levels.spike[i] = from.whole();
    }
    return levels;
  }

  private insert(at: number, probability: number): void {
    const { tops, calm, spike, single, count } = this;
    for (const column of [tops, calm, spike, single]) column.copyWithin(at + 1, at, count);
    // A score of −0 is 0.
    tops[at] = probability + 0;
    calm[at] = 0;
    spike[at] = 0;
    single[at] = 1;
    this.count += 1;
  }
}

/**
 * Which of at most `most` groups each level belongs to, 0 for the highest scores. The highest have a group each; behind
 * them the higher the score the fewer in a group, because PR-AUC depends on the highest. All spikes together weigh as
 * much as all calm steps, so that a rare spike keeps a group of its own.
 * @param levels ascending.
 */
export function levelGroups(
  levels: readonly { readonly calm: number; readonly spike: number }[],
  most: number,
): Int32Array {
  const alone = Math.floor(most / 4);
  const groups = new Int32Array(levels.length);
  const rest = Math.max(0, levels.length - alone);
  let calm = 0;
  let spikes = 0;
  for (let i = 0; i < rest; i++) {
    calm += levels[i]!.calm;
    spikes += levels[i]!.spike;
  }
  const weight = calm > 0 && spikes > 0 ? calm / spikes : 1;
  const total = calm + weight * spikes;
  let above = 0;
  for (let i = levels.length - 1; i >= 0; i--) {
    if (i >= rest) {
      groups[i] = levels.length - 1 - i;
      continue;
    }
    const own = levels[i]!.calm + weight * levels[i]!.spike;
    groups[i] = alone + Math.floor((most - alone) * Math.sqrt(Math.min((above + own / 2) / total, 1 - 1e-12)));
    above += own;
  }
  return groups;
}
