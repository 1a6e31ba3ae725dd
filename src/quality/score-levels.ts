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
  private readonly tops = new Float32Array(MOST_LEVELS + 1);
  /** Two per level: twice its calm steps, plus 1 for a level of one score; and its spikes. */
  private readonly counts = new Uint32Array(2 * (MOST_LEVELS + 1));
  private size = 0;

  get sizeBytes(): number {
    return this.tops.byteLength + this.counts.byteLength;
  }

  /** Adds a resolved score. @param probability float32, from 0 to 1; @param label 1 for a spike, else 0. */
  add(probability: number, label: number): void {
    const { tops, counts, size } = this;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tops[middle]! < probability) low = middle + 1;
      else high = middle;
    }
    const isCovered = low < size && (tops[low] === probability || counts[2 * low]! % 2 === 0);
    if (!isCovered) this.insert(low, probability);
    if (label === 1) counts[2 * low + 1]! += 1;
    else counts[2 * low]! += 2;
    if (this.size > MOST_LEVELS) this.shorten(MOST_LEVELS / 2);
  }

  /** Merges neighbours until there are at most `most` levels (`levelGroups`). */
  shorten(most: number): void {
    const { tops, counts, size } = this;
    if (size <= most) return;
    const group = levelGroups(this.levels(), most);
    let to = -1;
    for (let i = 0; i < size; i++) {
      const [calm, spike] = [counts[2 * i]!, counts[2 * i + 1]!];
      if (i === 0 || group[i] !== group[i - 1]) {
        to += 1;
        counts[2 * to] = calm;
        counts[2 * to + 1] = spike;
      } else {
        counts[2 * to] = calm - (calm % 2) + counts[2 * to]! - (counts[2 * to]! % 2);
        counts[2 * to + 1]! += spike;
      }
      tops[to] = tops[i]!;
    }
    this.size = to + 1;
  }

  levels(): ScoreLevel[] {
    const { tops, counts } = this;
    const levels: ScoreLevel[] = [];
    for (let i = 0; i < this.size; i++) {
      const top = tops[i]!;
      const single = counts[2 * i]! % 2;
      const bottom = single === 1 ? top : i === 0 ? 0 : tops[i - 1]!;
      levels.push({ top, bottom, calm: (counts[2 * i]! - single) / 2, spike: counts[2 * i + 1]! });
    }
    return levels;
  }

  pack(to: PackedWriter): void {
    to.whole(this.size);
    let before = 0;
    for (let i = 0; i < this.size; i++) {
      scratch[0] = this.tops[i]!;
      to.whole(scratchBits[0]! - before);
      to.whole(this.counts[2 * i]!);
      to.whole(this.counts[2 * i + 1]!);
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
    const size = from.whole();
    if (size > MOST_LEVELS) throw new RangeError(`levels: got ${size}, expected at most ${MOST_LEVELS}`);
    const levels = new ScoreLevels();
    levels.size = size;
    let bits = 0;
    for (let i = 0; i < size; i++) {
      bits += from.whole();
      scratchBits[0] = bits;
      levels.tops[i] = scratch[0]!;
      levels.counts[2 * i] = from.whole();
      levels.counts[2 * i + 1] = from.whole();
    }
    return levels;
  }

  private insert(at: number, probability: number): void {
    const { tops, counts, size } = this;
    tops.copyWithin(at + 1, at, size);
    counts.copyWithin(2 * at + 2, 2 * at, 2 * size);
    // A score of −0 is 0.
    tops[at] = probability + 0;
    counts[2 * at] = 1;
    counts[2 * at + 1] = 0;
    this.size += 1;
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
