// One model's part of the ring of steps: per block of 900 steps its score bins, exact sums and score levels.
import type { PageArray } from "../features/page-buffer.ts";
import { EXACT_SUMS, logLossOf, probabilityUnits, RELIABILITY, SQUARES } from "./figure-row.ts";
import { RELIABILITY_BINS, reliabilityBin } from "./reliability-bin.ts";
import { PackedReader, PackedWriter } from "./row-codec.ts";
import { NO_SCORE } from "./score-bins.ts";
import type { ScoreLevel } from "./score-level.ts";
import { ScoreLevels } from "./score-levels.ts";

/** Steps of a block: 15 minutes of seconds. */
export const BLOCK_STEPS = 900;

/** Values per block, by column. */
export const SERIES_WIDTHS = {
  scores: BLOCK_STEPS,
  exact: EXACT_SUMS,
  reliabilityCounts: RELIABILITY_BINS * 2,
  reliabilityUnits: RELIABILITY_BINS,
} as const;
const COLUMNS = Object.keys(SERIES_WIDTHS) as (keyof typeof SERIES_WIDTHS)[];
/** Arrays of a stored block: its columns, and its packed levels. */
export const SERIES_ARRAYS = COLUMNS.length + 1;

/** Blocks in reused slots; the serial of a slot names the model that its data belong to, 0 without data. */
export class SeriesRing {
  readonly serials: Uint32Array;
  private readonly scores: Uint8Array;
  /** Squared errors, log losses and variances; see figure-row.ts. */
  private readonly exact: Float64Array;
  private readonly reliabilityCounts: Uint16Array;
  private readonly reliabilityUnits: Uint32Array;
  /** Packed once no label is missing any more; `undefined` where they are not known. */
  private readonly levels: (ScoreLevels | Uint8Array | undefined)[];

  constructor(slots: number) {
    this.serials = new Uint32Array(slots);
    this.scores = new Uint8Array(slots * SERIES_WIDTHS.scores).fill(NO_SCORE);
    this.exact = new Float64Array(slots * SERIES_WIDTHS.exact);
    this.reliabilityCounts = new Uint16Array(slots * SERIES_WIDTHS.reliabilityCounts);
    this.reliabilityUnits = new Uint32Array(slots * SERIES_WIDTHS.reliabilityUnits);
    this.levels = new Array<undefined>(slots).fill(undefined);
  }

  get sizeBytes(): number {
    const levels = this.levels.reduce((sum, one) => {
      if (one === undefined) return sum;
      return sum + (one instanceof Uint8Array ? one.byteLength : one.sizeBytes);
    }, 0);
    return COLUMNS.reduce((sum, column) => sum + this[column].byteLength, this.serials.byteLength + levels);
  }

  /** Whether no block has data. */
  get isEmpty(): boolean {
    return this.serials.every((serial) => serial === 0);
  }

  /** Gives a slot to a model, without data. */
  clear(slot: number, serial: number): void {
    this.serials[slot] = serial;
    for (const column of COLUMNS) {
      const width = SERIES_WIDTHS[column];
      this[column].fill(column === "scores" ? NO_SCORE : 0, slot * width, (slot + 1) * width);
    }
    this.levels[slot] = undefined;
  }

  setScore(slot: number, step: number, bin: number): void {
    this.scores[slot * BLOCK_STEPS + step] = bin;
  }

  score(slot: number, step: number): number {
    return this.scores[slot * BLOCK_STEPS + step]!;
  }

  resolve(slot: number, probability: number, label: number): void {
    const error = probability - label;
    const at = slot * EXACT_SUMS;
    this.exact[at]! += error * error;
    this.exact[at + 1]! += logLossOf(probability, label);
    this.exact[at + 2]! += probability * (1 - probability);
    const bin = slot * RELIABILITY_BINS + reliabilityBin(probability);
    this.reliabilityCounts[2 * bin]! += 1;
    this.reliabilityCounts[2 * bin + 1]! += label;
    this.reliabilityUnits[bin]! += probabilityUnits(probability);
    this.openLevels(slot).add(probability, label);
  }

  /** Packs a block's levels; no label of it is missing any more. */
  seal(slot: number): void {
    const levels = this.levels[slot];
    if (!(levels instanceof ScoreLevels)) return;
    const to = new PackedWriter();
    levels.packSealed(to);
    this.levels[slot] = to.finish();
  }

  /** Ascending; empty for a block whose levels are not known. */
  levelsOf(slot: number): readonly ScoreLevel[] {
    const levels = this.levels[slot];
    if (levels instanceof ScoreLevels) return levels.all();
    return levels === undefined ? [] : ScoreLevels.unpackSealed(new PackedReader(levels));
  }

  /** Adds the exact sums of a block to the figure row that begins at `at`. */
  addSums(slot: number, row: Float64Array, at: number): void {
    for (let j = 0; j < EXACT_SUMS; j++) row[at + SQUARES + j]! += this.exact[slot * EXACT_SUMS + j]!;
    for (let j = 0; j < RELIABILITY_BINS; j++) {
      const bin = slot * RELIABILITY_BINS + j;
      row[at + RELIABILITY + 3 * j]! += this.reliabilityCounts[2 * bin]!;
      row[at + RELIABILITY + 3 * j + 1]! += this.reliabilityCounts[2 * bin + 1]!;
      row[at + RELIABILITY + 3 * j + 2]! += this.reliabilityUnits[bin]!;
    }
  }

  /** `SERIES_ARRAYS` arrays for storage. */
  save(slot: number): PageArray[] {
    const packed = packedLevels(this.levels[slot]);
    const columns = COLUMNS.map((column): PageArray => {
      const width = SERIES_WIDTHS[column];
      return this[column].subarray(slot * width, (slot + 1) * width);
    });
    return [...columns, packed];
  }

  /**
   * Loads what `save` gave. @param arrays may lack the last one, which older versions did not have. Throws `RangeError`
   * for arrays of other lengths.
   */
  load(slot: number, serial: number, arrays: readonly PageArray[]): void {
    for (const [c, column] of COLUMNS.entries()) {
      const width = SERIES_WIDTHS[column];
      if (arrays[c]?.length !== width) {
        throw new RangeError(`${column}: got ${arrays[c]?.length} numbers, expected ${width}`);
      }
      this[column].set(arrays[c], slot * width);
    }
    this.serials[slot] = serial;
    this.levels[slot] = unpackedLevels(Uint8Array.from(arrays[COLUMNS.length] ?? []));
  }

  private openLevels(slot: number): ScoreLevels {
    const levels = this.levels[slot];
    if (levels instanceof ScoreLevels) return levels;
    const open = new ScoreLevels();
    this.levels[slot] = open;
    return open;
  }
}

/** A leading 1 for levels that are sealed, 0 for others; nothing where they are not known. */
function packedLevels(levels: ScoreLevels | Uint8Array | undefined): Uint8Array {
  if (levels === undefined) return new Uint8Array(0);
  if (levels instanceof Uint8Array) return Uint8Array.of(1, ...levels);
  const to = new PackedWriter();
  to.whole(0);
  levels.pack(to);
  return to.finish();
}

/** Throws `RangeError` for other bytes. */
function unpackedLevels(bytes: Uint8Array): ScoreLevels | Uint8Array | undefined {
  if (bytes.length === 0) return undefined;
  const from = new PackedReader(bytes);
  if (from.whole() === 0) return ScoreLevels.unpack(from);
  ScoreLevels.unpackSealed(from);
  return bytes.slice(1);
}
