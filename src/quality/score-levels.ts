// Resolved scores of one model as a short list of levels, with few scores each where scores are many: what PR-AUC and
// ROC-AUC are computed from. Levels follow the scores themselves, so that scores that crowd together stay apart.
import type { PackedReader, PackedWriter } from "./row-codec.ts";
import { mergedLevels, type ScoreLevel, sortedLevels } from "./score-level.ts";

/** Levels of a block that takes no more scores. */
const SEALED_LEVELS = 64;
/** The same for one of more than `MOST_SCORES` scores of which less than a twelfth are spikes. */
const RARE_LEVELS = 160;
/** Scores kept one by one; then they are merged into levels. More than a block of 900 steps has. */
const MOST_SCORES = 1024;
/** Levels of a block that takes more scores. */
const OPEN_LEVELS = 256;
/** Marks a spike among the scores: the sign of a float32. */
const SPIKE_BIT = 0x80000000;
const ONE_BITS = 0x3f800000;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Scores that are added one by one. */
export class ScoreLevels {
  private levels: readonly ScoreLevel[] = [];
  /** Float32 bits of scores that are in no level yet. */
  private readonly scores = new Uint32Array(MOST_SCORES);
  private count = 0;

  /** Bytes of the arrays. */
  get sizeBytes(): number {
    return this.scores.byteLength;
  }

  /** Adds a resolved score. @param probability float32, from 0 to 1; @param label 1 for a spike, else 0. */
  add(probability: number, label: number): void {
    if (this.count === MOST_SCORES) {
      this.levels = mergedLevels(this.all(), OPEN_LEVELS).map(float32Level);
      this.count = 0;
    }
    // A score of −0 is 0.
    this.scores[this.count++] = bitsOf(probability + 0) + (label === 1 ? SPIKE_BIT : 0);
  }

  /** Ascending by `at`. */
  all(): readonly ScoreLevel[] {
    const single: ScoreLevel[] = [];
    const sorted = this.scores
      .slice(0, this.count)
      .map((bits) => (bits << 1) | (bits >>> 31))
      .sort();
    for (let i = 0; i < sorted.length;) {
      const bits = sorted[i]! >>> 1;
      let [calm, spike] = [0, 0];
      for (; i < sorted.length && sorted[i]! >>> 1 === bits; i++) {
        if (sorted[i]! % 2 === 1) spike += 1;
        else calm += 1;
      }
      const at = floatOf(bits);
      single.push({ at, top: at, bottom: at, calm, spike });
    }
    return this.levels.length === 0 ? single : sortedLevels([...this.levels, ...single]);
  }

  /** Everything, so that `unpack` can take more scores. */
  pack(to: PackedWriter): void {
    packLevels(to, this.levels, (difference) => to.whole(difference));
    to.whole(this.count);
    for (let i = 0; i < this.count; i++) to.whole(this.scores[i]!);
  }

  /** at most 64 levels, 96 of more than 1,024 scores, whose ends are rounded outwards; `unpackSealed` reads them. */
  packSealed(to: PackedWriter): void {
    const levels = this.all();
    const spikes = levels.reduce((sum, { spike }) => sum + spike, 0);
    const rows = levels.reduce((sum, { calm }) => sum + calm, spikes);
    const most = rows > MOST_SCORES && spikes < rows / 12 ? RARE_LEVELS : SEALED_LEVELS;
    packSealedLevels(to, mergedLevels(levels, most).map(float32Level));
  }

  /** Restores what `pack` wrote. Throws `RangeError` for other bytes. */
  static unpack(from: PackedReader): ScoreLevels {
    const restored = new ScoreLevels();
    restored.levels = unpackLevels(from, OPEN_LEVELS, () => from.whole());
    const count = from.whole();
    if (count > MOST_SCORES) throw new RangeError(`scores: got ${count}, expected at most ${MOST_SCORES}`);
    for (let i = 0; i < count; i++) restored.scores[i] = from.whole();
    restored.count = count;
    return restored;
  }

  /** The levels that `packSealed` wrote. Throws `RangeError` for other bytes. */
  static unpackSealed(from: PackedReader): readonly ScoreLevel[] {
    return unpackLevels(from, RARE_LEVELS, () => {
      const power = from.whole();
      return power === 0 ? 0 : (1 << (power - 1)) >>> 0;
    });
  }
}

/** Packs levels as `packSealed` does, among them those that `unpackSealed` gave, without a change. */
export function packSealedLevels(to: PackedWriter, levels: readonly ScoreLevel[]): void {
  packLevels(to, levels, (difference) => to.whole(difference === 0 ? 0 : 33 - Math.clz32(difference - 1)));
}

function packLevels(to: PackedWriter, levels: readonly ScoreLevel[], difference: (bits: number) => void): void {
  to.whole(levels.length);
  let before = 0;
  for (const { at, top, bottom, calm, spike } of levels) {
    const bits = bitsOf(at);
    to.whole(bits - before);
    difference(bitsOf(top) - bits);
    difference(bits - bitsOf(bottom));
    to.whole(calm);
    to.whole(spike);
    before = bits;
  }
}

function unpackLevels(from: PackedReader, most: number, difference: () => number): ScoreLevel[] {
  const size = from.whole();
  if (size > most) throw new RangeError(`levels: got ${size}, expected at most ${most}`);
  const levels: ScoreLevel[] = [];
  let bits = 0;
  for (let i = 0; i < size; i++) {
    bits += from.whole();
    const top = floatOf(Math.min(bits + difference(), ONE_BITS));
    const bottom = floatOf(Math.max(bits - difference(), 0));
    levels.push({ at: floatOf(bits), top, bottom, calm: from.whole(), spike: from.whole() });
  }
  return levels;
}

/** The level with a float32 mean that is within its ends. */
function float32Level(level: ScoreLevel): ScoreLevel {
  return { ...level, at: Math.min(Math.max(Math.fround(level.at), level.bottom), level.top) };
}

function bitsOf(value: number): number {
  scratch[0] = value;
  return scratchBits[0]!;
}

function floatOf(bits: number): number {
  scratchBits[0] = bits;
  return scratch[0]!;
}
