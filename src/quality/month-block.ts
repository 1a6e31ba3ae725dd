// Six hours of resolved steps: one figure row and score levels per model, label counts per label spec.
import { ROW_WIDTH, addToRow } from "./figure-row.ts";
import { MAX_PLACES, MAX_SPECS } from "./quality-series.ts";
import { PackedReader, PackedWriter } from "./row-codec.ts";
import type { ScoreLevel } from "./score-level.ts";
import { packSealedLevels, ScoreLevels } from "./score-levels.ts";
import type { SeriesCatalogue, SeriesEntry, SpecEntry } from "./series-catalogue.ts";

/** Counts of a label spec in one block. */
const FACTS = ["voids", "resolved", "positives", "episodes", "tauCount"] as const;
type MonthFact = (typeof FACTS)[number];
/** Places for models in the first version of a packed block. */
const PLACES_1 = 5;

/** One model's part of a block. */
interface MonthSeries {
  readonly serial: number;
  /** A figure row. */
  readonly row: Float64Array;
  /** A list once no label is missing any more; empty in blocks of the first version. */
  levels: ScoreLevels | readonly ScoreLevel[];
}

/** One block that accepts more steps. */
export class MonthBlock {
  /** Per place of the catalogue. */
  private readonly series = new Map<number, MonthSeries>();
  private readonly specSerials = new Float64Array(MAX_SPECS);
  private readonly facts = new Float64Array(MAX_SPECS * FACTS.length);
  private readonly tauSums = new Float64Array(MAX_SPECS);

  get sizeBytes(): number {
    let bytes = 0;
    for (const { row, levels } of this.series.values()) {
      bytes += row.byteLength + (levels instanceof ScoreLevels ? levels.sizeBytes : 0);
    }
    return bytes;
  }

  /** Prepares it for the models now in use: clears data of other models in their places. */
  adopt({ current, specs }: SeriesCatalogue): void {
    for (const { place, serial } of current) {
      if (this.series.get(place)?.serial !== serial) this.series.set(place, emptySeries(serial));
    }
    for (let s = 0; s < MAX_SPECS; s++) {
      const serial = specs[s]?.serial ?? 0;
      if (this.specSerials[s] !== serial) {
        this.facts.fill(0, s * FACTS.length, (s + 1) * FACTS.length);
        this.tauSums[s] = 0;
      }
      this.specSerials[s] = serial;
    }
  }

  /** Adds to a count of a spec's labels. */
  count({ place }: SpecEntry, fact: MonthFact, change: number): void {
    this.facts[place * FACTS.length + FACTS.indexOf(fact)]! += change;
  }

  addTau(spec: SpecEntry, tau: number): void {
    this.tauSums[spec.place]! += tau;
    this.count(spec, "tauCount", 1);
  }

  resolve(entry: SeriesEntry, bin: number, probability: number, label: number): void {
    const one = this.of(entry);
    if (one === undefined) return;
    addToRow(one.row, 0, bin, probability, label);
    if (!(one.levels instanceof ScoreLevels)) one.levels = new ScoreLevels();
    one.levels.add(probability, label);
  }

  /** 0 for a spec that was not there. */
  fact({ place, serial }: SpecEntry, fact: MonthFact): number {
    return this.specSerials[place] === serial ? this.facts[place * FACTS.length + FACTS.indexOf(fact)]! : 0;
  }

  /** 0 for a spec that was not there. */
  tauSum({ place, serial }: SpecEntry): number {
    return this.specSerials[place] === serial ? this.tauSums[place]! : 0;
  }

  /** A model's figure row; `undefined` for a model that the block does not have. */
  rowOf(entry: SeriesEntry): Float64Array | undefined {
    return this.of(entry)?.row;
  }

  /** A model's score levels, ascending; empty where they are not known. */
  levelsOf(entry: SeriesEntry): readonly ScoreLevel[] {
    const levels = this.of(entry)?.levels ?? [];
    return levels instanceof ScoreLevels ? levels.all() : levels;
  }

  /** @param isSealed whether no label of the block is missing any more: its levels are shortened. */
  pack(isSealed = false): Uint8Array<ArrayBuffer> {
    const to = new PackedWriter();
    to.whole(this.series.size);
    for (const [place, { serial, row, levels }] of [...this.series].sort(([a], [b]) => a - b)) {
      to.whole(place);
      to.whole(serial);
      to.row(row, 0);
      packLevels(to, levels, isSealed);
    }
    this.packSpecs(to);
    return to.finish();
  }

  /** Restores a packed block. Throws `RangeError` for invalid bytes. */
  static unpack(bytes: Uint8Array): MonthBlock {
    const from = new PackedReader(bytes);
    const block = new MonthBlock();
    for (let left = from.whole(); left > 0; left--) {
      const place = from.whole();
      if (place >= MAX_PLACES)
        throw new RangeError(`month block: got place ${place}, expected one below ${MAX_PLACES}`);
      const serial = from.whole();
      const row = new Float64Array(ROW_WIDTH);
      from.row(row, 0);
      block.series.set(place, { serial, row, levels: unpackLevels(from) });
    }
    block.unpackSpecs(from);
    return block;
  }

  /** Restores a block of the first version: five places, the empty ones with serial 0, and no levels. */
  static unpack1(bytes: Uint8Array): MonthBlock {
    const from = new PackedReader(bytes);
    const block = new MonthBlock();
    const serials = new Float64Array(PLACES_1);
    from.wholes(serials, 0, PLACES_1);
    for (const [place, serial] of serials.entries()) {
      if (serial === 0) continue;
      const one = emptySeries(serial);
      from.row(one.row, 0);
      block.series.set(place, one);
    }
    block.unpackSpecs(from);
    return block;
  }

  private of({ place, serial }: SeriesEntry): MonthSeries | undefined {
    const found = this.series.get(place);
    return found?.serial === serial ? found : undefined;
  }

  private packSpecs(to: PackedWriter): void {
    to.wholes(this.specSerials, 0, MAX_SPECS);
    to.wholes(this.facts, 0, this.facts.length);
    for (const sum of this.tauSums) to.float(sum);
  }

  private unpackSpecs(from: PackedReader): void {
    from.wholes(this.specSerials, 0, MAX_SPECS);
    from.wholes(this.facts, 0, this.facts.length);
    for (let s = 0; s < MAX_SPECS; s++) this.tauSums[s] = from.float();
  }
}

function emptySeries(serial: number): MonthSeries {
  return { serial, row: new Float64Array(ROW_WIDTH), levels: [] };
}

const OPEN = 0;
const SEALED = 1;
const UNKNOWN = 2;

function packLevels(to: PackedWriter, levels: MonthSeries["levels"], isSealed: boolean): void {
  if (!(levels instanceof ScoreLevels)) {
    to.whole(levels.length === 0 ? UNKNOWN : SEALED);
    if (levels.length > 0) packSealedLevels(to, levels);
  } else if (isSealed) {
    to.whole(SEALED);
    levels.packSealed(to);
  } else {
    to.whole(OPEN);
    levels.pack(to);
  }
}

function unpackLevels(from: PackedReader): MonthSeries["levels"] {
  const kind = from.whole();
  if (kind === UNKNOWN) return [];
  return kind === SEALED ? ScoreLevels.unpackSealed(from) : ScoreLevels.unpack(from);
}
