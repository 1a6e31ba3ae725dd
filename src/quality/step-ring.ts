// The last day step by step: one byte per step and model, half a byte of label states, and per block of 900 steps the
// exact sums and score levels of what was resolved in it. A block is cleared as a whole when its place is reused, and
// single steps never.
import { type Page, type PageArray, type PageContent, decodePageOf, encodePage } from "../features/page-buffer.ts";
import { CALM, SPIKE } from "./figure-row.ts";
import { MAX_PLACES, MAX_SPECS } from "./quality-series.ts";
import { NO_SCORE } from "./score-bins.ts";
import type { ScoreLevel } from "./score-level.ts";
import type { SeriesCatalogue, SeriesEntry, SpecEntry } from "./series-catalogue.ts";
import { BLOCK_STEPS, SERIES_ARRAYS, SERIES_WIDTHS, SeriesRing } from "./series-ring.ts";

export { BLOCK_STEPS } from "./series-ring.ts";

/** The status of a step under a label spec. `pending`: scored by some model, and waiting for its label. */
export const STATUS = { none: 0, void: 1, calm: 2, spike: 3, pending: 4 } as const;

/** The block of a step. */
export function blockOf(index: number): number {
  return Math.floor(index / BLOCK_STEPS);
}

const KIND = "quality-steps 2";
/** Five places for models, all in every page; no levels. */
const KIND_1 = "quality-steps 1";
const PLACES_1 = 5;
/** A step has four bits, two per label spec: its status, where `pending` and `void` are one. */
const STATUS_MASK = 3;
const WAITING_OR_VOID = 1;
const STATES_BYTES = BLOCK_STEPS / 2;

/** Values per block besides those of the models, by column. */
const WIDTHS = {
  number: 1,
  specSerials: MAX_SPECS,
  states: STATES_BYTES,
  tauSums: MAX_SPECS,
  tauCounts: MAX_SPECS,
} as const;
const COLUMNS = Object.keys(WIDTHS) as (keyof typeof WIDTHS)[];
type Columns = Readonly<Record<keyof typeof WIDTHS, ArrayLike<number>>>;

/** One model's arrays of a stored block. */
interface StoredSeries {
  readonly place: number;
  readonly serial: number;
  readonly arrays: readonly PageArray[];
}

/**
 * Blocks of steps in reused slots. A block's number and serials identify the owner of its data. A model takes memory
 * only while the ring has steps of it.
 */
export class StepRing {
  private readonly slots: number;
  private readonly number: Float64Array;
  private readonly specSerials: Uint32Array;
  private readonly states: Uint8Array;
  private readonly tauSums: Float64Array;
  private readonly tauCounts: Uint16Array;
  /** Per place of the catalogue. */
  private readonly series: (SeriesRing | undefined)[] = new Array<undefined>(MAX_PLACES).fill(undefined);
  private readonly dirty = new Set<number>();
  /** Slots whose blocks may still get labels. */
  private readonly unsealed = new Set<number>();
  /** The newest closed step. Undecided steps within a horizon before it are pending; older ones are not. */
  newest = -1;

  /** @param steps least number of steps kept, besides the open block. */
  constructor(steps: number) {
    const slots = Math.ceil(steps / BLOCK_STEPS) + 1;
    this.slots = slots;
    this.number = new Float64Array(slots).fill(-1);
    this.specSerials = new Uint32Array(slots * WIDTHS.specSerials);
    this.states = new Uint8Array(slots * WIDTHS.states);
    this.tauSums = new Float64Array(slots * WIDTHS.tauSums);
    this.tauCounts = new Uint16Array(slots * WIDTHS.tauCounts);
  }

  /** Bytes of all arrays. */
  get sizeBytes(): number {
    const series = this.series.reduce((sum, one) => sum + (one?.sizeBytes ?? 0), 0);
    return COLUMNS.reduce((sum, column) => sum + this[column].byteLength, series);
  }

  /** Prepares a block's slot for steps of the models now in use. Clears data of other models. */
  open(block: number, { current, specs }: SeriesCatalogue): void {
    const slot = block % this.slots;
    if (this.number[slot] !== block) this.clear(slot, block);
    this.dirty.add(slot);
    this.unsealed.add(slot);
    for (const { place, serial } of current) {
      const ring = (this.series[place] ??= new SeriesRing(this.slots));
      if (ring.serials[slot] !== serial) ring.clear(slot, serial);
    }
    for (let s = 0; s < MAX_SPECS; s++) {
      const serial = specs[s]?.serial ?? 0;
      const at = slot * MAX_SPECS + s;
      if (this.specSerials[at] !== serial) this.clearSpec(slot, s);
      this.specSerials[at] = serial;
    }
  }

  /** Packs the levels of the blocks that end before this step, the oldest step that may still be resolved. */
  seal(oldestPending: number): void {
    for (const slot of this.unsealed) {
      if ((this.number[slot]! + 1) * BLOCK_STEPS > oldestPending) continue;
      for (const one of this.series) one?.seal(slot);
      this.unsealed.delete(slot);
      this.dirty.add(slot);
    }
  }

  setScore({ place }: SeriesEntry, index: number, bin: number): void {
    this.series[place]!.setScore(blockOf(index) % this.slots, index % BLOCK_STEPS, bin);
  }

  /** `NO_SCORE` also for a step that is no longer kept or belongs to another model. */
  score(series: SeriesEntry, index: number): number {
    const ring = this.ringOf(series, blockOf(index));
    return ring === undefined ? NO_SCORE : ring.score(blockOf(index) % this.slots, index % BLOCK_STEPS);
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

  /** Adds a resolved step, whose score and status are set, to its block's sums and levels. */
  resolve(series: SeriesEntry, index: number, probability: number, label: number): void {
    this.ringOf(series, blockOf(index))?.resolve(blockOf(index) % this.slots, probability, label);
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
    const ring = this.ringOf(series, block);
    if (ring === undefined || this.specSerials[slot * MAX_SPECS + spec.place] !== spec.serial) return;
    for (let i = 0; i < BLOCK_STEPS; i++) {
      const bin = ring.score(slot, i);
      if (bin === NO_SCORE) continue;
      const status = this.statusAt(spec, slot, block * BLOCK_STEPS + i);
      if (status === STATUS.calm) row[at + CALM + bin]! += 1;
      else if (status === STATUS.spike) row[at + SPIKE + bin]! += 1;
      else if (status === STATUS.pending) pending[bin]! += 1;
    }
    ring.addSums(slot, row, at);
  }

  /** A model's score levels in a block, ascending; empty where they are not known. */
  levelsOf(series: SeriesEntry, block: number): readonly ScoreLevel[] {
    return this.ringOf(series, block)?.levelsOf(block % this.slots) ?? [];
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
    const { kind, numbers, arrays } = decodePageOf([KIND, KIND_1], buffer);
    const { columns, stored } = kind === KIND_1 ? readPage1(arrays) : readPage(numbers, arrays);
    const block = columns.number[0] ?? NaN;
    if (
      !COLUMNS.every((column) => columns[column].length === WIDTHS[column]) ||
      !(Number.isInteger(block) && block >= 0)
    ) {
      throw new RangeError(`page ${kind}: got block ${block} in ${arrays.length} arrays, expected ${COLUMNS.length}`);
    }
    const slot = block % this.slots;
    for (const { place, serial, arrays: own } of stored) {
      (this.series[place] ??= new SeriesRing(this.slots)).load(slot, serial, own);
    }
    for (const column of COLUMNS) this[column].set(columns[column], slot * WIDTHS[column]);
    this.unsealed.add(slot);
    return String(numbers["catalogue"]);
  }

  private ringOf({ place, serial }: SeriesEntry, block: number): SeriesRing | undefined {
    const slot = block % this.slots;
    const ring = this.series[place];
    return this.number[slot] === block && ring?.serials[slot] === serial ? ring : undefined;
  }

  private statusAt({ place, horizonSteps }: SpecEntry, slot: number, index: number): number {
    const byte = this.states[slot * STATES_BYTES + ((index % BLOCK_STEPS) >> 1)]!;
    const code = (byte >> statusShift(index, place)) & STATUS_MASK;
    return code === WAITING_OR_VOID && index > this.newest - horizonSteps ? STATUS.pending : code;
  }

  private page(slot: number, catalogue: string): Page {
    const columns = COLUMNS.map((column): PageArray => {
      const width = WIDTHS[column];
      return this[column].subarray(slot * width, (slot + 1) * width);
    });
    const stored = this.series.flatMap((ring, place) => (ring !== undefined && ring.serials[slot]! > 0 ? [place] : []));
    const serials = stored.map((place) => this.series[place]!.serials[slot]!);
    const arrays = [...columns, ...stored.flatMap((place) => this.series[place]!.save(slot))];
    const numbers = { catalogue, places: stored.join(), serials: serials.join() };
    return { id: `quality-steps:${slot}`, bytes: encodePage(KIND, { numbers, arrays }) };
  }

  private clear(slot: number, block: number): void {
    for (const column of COLUMNS) {
      const width = WIDTHS[column];
      this[column].fill(0, slot * width, (slot + 1) * width);
    }
    this.number[slot] = block;
    this.series.forEach((ring, place) => {
      ring?.clear(slot, 0);
      if (ring?.isEmpty === true) this.series[place] = undefined;
    });
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

interface StoredBlock {
  readonly columns: Columns;
  readonly stored: readonly StoredSeries[];
}

function readPage(numbers: PageContent["numbers"], arrays: readonly PageArray[]): StoredBlock {
  const columns = Object.fromEntries(COLUMNS.map((column, c) => [column, arrays[c] ?? []])) as unknown as Columns;
  const places = wholes(numbers["places"]);
  const serials = wholes(numbers["serials"]);
  if (places.some((place) => !(place < MAX_PLACES)) || serials.length !== places.length) {
    throw new RangeError(`page ${KIND}: got places ${places.join()}, expected each below ${MAX_PLACES}`);
  }
  const stored = places.map((place, i) => {
    const from = COLUMNS.length + i * SERIES_ARRAYS;
    return { place, serial: serials[i]!, arrays: arrays.slice(from, from + SERIES_ARRAYS) };
  });
  return { columns, stored };
}

/** The first version: number, serials, specSerials, scores, states, exact, reliability twice, tauSums, tauCounts. */
function readPage1(arrays: readonly PageArray[]): StoredBlock {
  const empty = new Float64Array(0);
  const [number, serials, specSerials, scores, states, exact, counts, units, tauSums, tauCounts] = Array.from(
    { length: 10 },
    (_, i) => arrays[i] ?? empty,
  ) as [PageArray, ...PageArray[]];
  const columns = { number, specSerials: specSerials!, states: states!, tauSums: tauSums!, tauCounts: tauCounts! };
  const parts = [scores!, exact!, counts!, units!];
  const widths = Object.values(SERIES_WIDTHS);
  const stored = Array.from({ length: PLACES_1 }, (_, place) => {
    const own = parts.map((part, c) => part.subarray(place * widths[c]!, (place + 1) * widths[c]!));
    return { place, serial: serials![place] ?? 0, arrays: own };
  });
  return { columns, stored: stored.filter(({ serial }) => serial > 0) };
}

function wholes(text: unknown): number[] {
  return String(text)
    .split(",")
    .flatMap((part) => (part === "" ? [] : [Number(part)]));
}
