// The last day step by step: one byte per step and model, half a byte of label states, and per block of 900 steps the
// exact sums of what was resolved in it. A block is cleared as a whole when its place is reused; single steps are never
// cleared.
import { type Page, type PageArray, decodePage, encodePage } from "../features/page-buffer.ts";
import { EXACT_SUMS, RELIABILITY, SPIKE, SQUARES, logLossOf, probabilityUnits } from "./figure-row.ts";
import { MAX_SERIES, MAX_SPECS } from "./quality-series.ts";
import { RELIABILITY_BINS, reliabilityBin } from "./reliability-bin.ts";
import { NO_SCORE } from "./score-bins.ts";
import type { SeriesCatalogue, SeriesEntry, SpecEntry } from "./series-catalogue.ts";

/** Steps of a block: 15 minutes of seconds. */
export const BLOCK_STEPS = 900;

/** The status of a step under a label spec. `pending`: scored by some model, and waiting for its label. */
export const STATUS = { none: 0, void: 1, calm: 2, spike: 3, pending: 4 } as const;

/** The block of a step. */
export function blockOf(index: number): number {
  return Math.floor(index / BLOCK_STEPS);
}

const KIND = "quality-steps 1";
/** A step has four bits, two per label spec: its status, where `pending` and `void` are one. */
const STATUS_MASK = 3;
const WAITING_OR_VOID = 1;
const STATES_BYTES = BLOCK_STEPS / 2;

/** Values per place of the ring, by column. Places of models and label specs are those of the catalogue. */
const WIDTHS = {
  number: 1,
  serials: MAX_SERIES,
  specSerials: MAX_SPECS,
  scores: MAX_SERIES * BLOCK_STEPS,
  states: STATES_BYTES,
  exact: MAX_SERIES * EXACT_SUMS,
  reliabilityCounts: MAX_SERIES * RELIABILITY_BINS * 2,
  reliabilityUnits: MAX_SERIES * RELIABILITY_BINS,
  tauSums: MAX_SPECS,
  tauCounts: MAX_SPECS,
} as const;

/** Blocks of steps in reused places. A block's number and serials identify the owner of its data. */
export class StepRing {
  private readonly slots: number;
  private readonly number: Float64Array;
  private readonly serials: Uint32Array;
  private readonly specSerials: Uint32Array;
  private readonly scores: Uint8Array;
  private readonly states: Uint8Array;
  /** Squared errors, log losses and variances; see figure-row.ts. */
  private readonly exact: Float64Array;
  private readonly reliabilityCounts: Uint16Array;
  private readonly reliabilityUnits: Uint32Array;
  private readonly tauSums: Float64Array;
  private readonly tauCounts: Uint16Array;
  private readonly dirty = new Set<number>();
  /** The newest closed step. Undecided steps within a horizon before it are pending; older ones are not. */
  newest = -1;

  /** @param steps least number of steps kept, besides the open block. */
  constructor(steps: number) {
    const slots = Math.ceil(steps / BLOCK_STEPS) + 1;
    this.slots = slots;
    this.number = new Float64Array(slots).fill(-1);
    this.serials = new Uint32Array(slots * WIDTHS.serials);
    this.specSerials = new Uint32Array(slots * WIDTHS.specSerials);
    this.scores = new Uint8Array(slots * WIDTHS.scores).fill(NO_SCORE);
    this.states = new Uint8Array(slots * WIDTHS.states);
    this.exact = new Float64Array(slots * WIDTHS.exact);
    this.reliabilityCounts = new Uint16Array(slots * WIDTHS.reliabilityCounts);
    this.reliabilityUnits = new Uint32Array(slots * WIDTHS.reliabilityUnits);
    this.tauSums = new Float64Array(slots * WIDTHS.tauSums);
    this.tauCounts = new Uint16Array(slots * WIDTHS.tauCounts);
  }

  /** Bytes of all arrays. */
  get sizeBytes(): number {
    return COLUMNS.reduce((sum, column) => sum + this[column].byteLength, 0);
  }

  /** Prepares a block's place for steps of the models now in use. Clears data of other models. */
  open(block: number, { series, specs }: SeriesCatalogue): void {
    const slot = block % this.slots;
    if (this.number[slot] !== block) this.clear(slot, block);
    this.dirty.add(slot);
    for (let p = 0; p < MAX_SERIES; p++) {
      const serial = series[p]?.serial ?? 0;
      const at = slot * MAX_SERIES + p;
      if (this.serials[at] !== serial) this.clearSeries(slot, p);
      this.serials[at] = serial;
    }
    for (let s = 0; s < MAX_SPECS; s++) {
      const serial = specs[s]?.serial ?? 0;
      const at = slot * MAX_SPECS + s;
      if (this.specSerials[at] !== serial) this.clearSpec(slot, s);
      this.specSerials[at] = serial;
    }
  }

  setScore({ place }: SeriesEntry, index: number, bin: number): void {
    const slot = blockOf(index) % this.slots;
    this.scores[(slot * MAX_SERIES + place) * BLOCK_STEPS + (index % BLOCK_STEPS)] = bin;
  }

  /** `NO_SCORE` also for a step that is no longer kept or belongs to another model. */
  score({ place, serial }: SeriesEntry, index: number): number {
    const slot = blockOf(index) % this.slots;
    const at = slot * MAX_SERIES + place;
    if (this.number[slot] !== blockOf(index) || this.serials[at] !== serial) return NO_SCORE;
    return this.scores[at * BLOCK_STEPS + (index % BLOCK_STEPS)]!;
  }

  /** `pending` is kept as `void`: `status` tells them apart by the step's age. */
  setStatus({ place }: SpecEntry, index: number, status: number): void {
    const slot = blockOf(index) % this.slots;
    const at = slot * STATES_BYTES + ((index % BLOCK_STEPS) >> 1);
    const shift = statusShift(index, place);
    const code = status === STATUS.pending ? WAITING_OR_VOID : status;
    this.states[at] = (this.states[at]! & ~(STATUS_MASK << shift)) | (code << shift);
    this.dirty.add(slot);
  }

  /** `none` also for a step that is no longer kept. */
  status(spec: SpecEntry, index: number): number {
    const slot = blockOf(index) % this.slots;
    const known =
      this.number[slot] === blockOf(index) && this.specSerials[slot * MAX_SPECS + spec.place] === spec.serial;
    return known ? this.statusAt(spec, slot, index) : STATUS.none;
  }

  addTau({ place }: SpecEntry, index: number, tau: number): void {
    const at = (blockOf(index) % this.slots) * MAX_SPECS + place;
    this.tauSums[at]! += tau;
    this.tauCounts[at]! += 1;
  }

  /** Sum and number of the thresholds of a block's scored steps. */
  tau({ place, serial }: SpecEntry, block: number): { readonly sum: number; readonly count: number } {
    const slot = block % this.slots;
    const at = slot * MAX_SPECS + place;
    if (this.number[slot] !== block || this.specSerials[at] !== serial) return { sum: 0, count: 0 };
    return { sum: this.tauSums[at]!, count: this.tauCounts[at]! };
  }

  /** Adds a resolved step, whose score and status are set, to its block's sums. */
  resolve({ place }: SeriesEntry, index: number, probability: number, label: number): void {
    const at = (blockOf(index) % this.slots) * MAX_SERIES + place;
    const error = probability - label;
    this.exact[at * EXACT_SUMS]! += error * error;
    this.exact[at * EXACT_SUMS + 1]! += logLossOf(probability, label);
    this.exact[at * EXACT_SUMS + 2]! += probability * (1 - probability);
    const bin = at * RELIABILITY_BINS + reliabilityBin(probability);
    this.reliabilityCounts[2 * bin]! += 1;
    this.reliabilityCounts[2 * bin + 1]! += label;
    this.reliabilityUnits[bin]! += probabilityUnits(probability);
  }

  /**
   * Adds a model's sums in a block to a figure row (figure-row.ts), and its pending bins to `pending`. A missing block
   * adds nothing.
   */
  addRow(
    series: SeriesEntry,
    spec: SpecEntry,
    block: number,
    row: Float64Array,
    at: number,
    pending: Float64Array,
  ): void {
    const slot = block % this.slots;
    const column = slot * MAX_SERIES + series.place;
    if (this.number[slot] !== block || this.serials[column] !== series.serial) return;
    if (this.specSerials[slot * MAX_SPECS + spec.place] !== spec.serial) return;
    const from = column * BLOCK_STEPS;
    for (let i = 0; i < BLOCK_STEPS; i++) {
      const bin = this.scores[from + i]!;
      if (bin === NO_SCORE) continue;
      const status = this.statusAt(spec, slot, block * BLOCK_STEPS + i);
      if (status === STATUS.calm) row[at + bin]! += 1;
      else if (status === STATUS.spike) row[at + SPIKE + bin]! += 1;
      else if (status === STATUS.pending) pending[bin]! += 1;
    }
    for (let j = 0; j < EXACT_SUMS; j++) row[at + SQUARES + j]! += this.exact[column * EXACT_SUMS + j]!;
    for (let j = 0; j < RELIABILITY_BINS; j++) {
      const bin = column * RELIABILITY_BINS + j;
      row[at + RELIABILITY + 3 * j]! += this.reliabilityCounts[2 * bin]!;
      row[at + RELIABILITY + 3 * j + 1]! += this.reliabilityCounts[2 * bin + 1]!;
      row[at + RELIABILITY + 3 * j + 2]! += this.reliabilityUnits[bin]!;
    }
  }

  /** The newest step with a pending or resolved label, by the blocks; −1 without any. */
  get lastStep(): number {
    const block = this.number.reduce((max, number) => Math.max(max, number), -1);
    if (block < 0) return -1;
    const slot = block % this.slots;
    for (let i = BLOCK_STEPS - 1; i >= 0; i--) {
      if (((this.states[slot * STATES_BYTES + (i >> 1)]! >> statusShift(i, 0)) & 15) !== 0)
        return block * BLOCK_STEPS + i;
    }
    return block * BLOCK_STEPS - 1;
  }

  /** The blocks that changed since the last call, each with the catalogue that its serials refer to. */
  dirtyPages(catalogue: string): Page[] {
    const pages = [...this.dirty].sort((a, b) => a - b).map((slot) => this.page(slot, catalogue));
    this.dirty.clear();
    return pages;
  }

  /**
   * Loads a stored block and returns its catalogue. Throws `StateFormatError` or `RangeError` for a page of another
   * shape.
   */
  load(buffer: ArrayBuffer): string {
    const { numbers, arrays } = decodePage(KIND, buffer);
    const block = arrays[0]?.[0] ?? NaN;
    const fits = arrays.length === COLUMNS.length && arrays.every((a, c) => a.length === WIDTHS[COLUMNS[c]!]);
    if (!fits || !(Number.isInteger(block) && block >= 0)) {
      throw new RangeError(`page ${KIND}: got block ${block} in ${arrays.length} arrays, expected ${COLUMNS.length}`);
    }
    const slot = block % this.slots;
    for (const [c, column] of COLUMNS.entries()) this[column].set(arrays[c]!, slot * WIDTHS[column]);
    return String(numbers["catalogue"]);
  }

  private statusAt({ place, horizonSteps }: SpecEntry, slot: number, index: number): number {
    const byte = this.states[slot * STATES_BYTES + ((index % BLOCK_STEPS) >> 1)]!;
    const code = (byte >> statusShift(index, place)) & STATUS_MASK;
    return code === WAITING_OR_VOID && index > this.newest - horizonSteps ? STATUS.pending : code;
  }

  private page(slot: number, catalogue: string): Page {
    const arrays = COLUMNS.map((column): PageArray => {
      const width = WIDTHS[column];
      return this[column].subarray(slot * width, (slot + 1) * width);
    });
    return { id: `quality-steps:${slot}`, bytes: encodePage(KIND, { numbers: { catalogue }, arrays }) };
  }

  private clear(slot: number, block: number): void {
    for (const column of COLUMNS) {
      const width = WIDTHS[column];
      this[column].fill(column === "scores" ? NO_SCORE : 0, slot * width, (slot + 1) * width);
    }
    this.number[slot] = block;
  }

  private clearSeries(slot: number, place: number): void {
    const at = slot * MAX_SERIES + place;
    this.scores.fill(NO_SCORE, at * BLOCK_STEPS, (at + 1) * BLOCK_STEPS);
    this.exact.fill(0, at * EXACT_SUMS, (at + 1) * EXACT_SUMS);
    this.reliabilityCounts.fill(0, at * 2 * RELIABILITY_BINS, (at + 1) * 2 * RELIABILITY_BINS);
    this.reliabilityUnits.fill(0, at * RELIABILITY_BINS, (at + 1) * RELIABILITY_BINS);
  }

  private clearSpec(slot: number, place: number): void {
    const mask = ~((STATUS_MASK << statusShift(0, place)) | (STATUS_MASK << statusShift(1, place)));
    for (let i = slot * STATES_BYTES; i < (slot + 1) * STATES_BYTES; i++) this.states[i]! &= mask;
    this.tauSums[slot * MAX_SPECS + place] = 0;
    this.tauCounts[slot * MAX_SPECS + place] = 0;
  }
}

/** Where the two bits of a step and label spec begin in their byte. */
function statusShift(index: number, place: number): number {
  return ((index % BLOCK_STEPS) & 1) * 2 * MAX_SPECS + 2 * place;
}

const COLUMNS = Object.keys(WIDTHS) as (keyof typeof WIDTHS)[];
