// Six hours of resolved steps: one figure row per model, label counts per label spec.
import { ROW_WIDTH, addToRow } from "./figure-row.ts";
import { MAX_SERIES, MAX_SPECS } from "./quality-series.ts";
import { PackedReader, PackedWriter } from "./row-codec.ts";
import type { SeriesCatalogue, SeriesEntry, SpecEntry } from "./series-catalogue.ts";

/** Counts of a label spec in one block. */
const FACTS = ["voids", "resolved", "positives", "episodes", "tauCount"] as const;
type MonthFact = (typeof FACTS)[number];

/** One block that accepts more steps. */
export class MonthBlock {
  /** Figure rows, one per place of the catalogue. */
  readonly rows = new Float64Array(MAX_SERIES * ROW_WIDTH);
  private readonly serials = new Float64Array(MAX_SERIES);
  private readonly specSerials = new Float64Array(MAX_SPECS);
  private readonly facts = new Float64Array(MAX_SPECS * FACTS.length);
  private readonly tauSums = new Float64Array(MAX_SPECS);

  /** Prepares it for the models now in use: clears data of other models in their places. */
  adopt({ series, specs }: SeriesCatalogue): void {
    for (let p = 0; p < MAX_SERIES; p++) {
      const serial = series[p]?.serial ?? 0;
      if (this.serials[p] !== serial) this.rows.fill(0, p * ROW_WIDTH, (p + 1) * ROW_WIDTH);
      this.serials[p] = serial;
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

  resolve({ place }: SeriesEntry, bin: number, probability: number, label: number): void {
    addToRow(this.rows, place * ROW_WIDTH, bin, probability, label);
  }

  /** 0 for a spec that was not there. */
  fact({ place, serial }: SpecEntry, fact: MonthFact): number {
    return this.specSerials[place] === serial ? this.facts[place * FACTS.length + FACTS.indexOf(fact)]! : 0;
  }

  /** 0 for a spec that was not there. */
  tauSum({ place, serial }: SpecEntry): number {
    return this.specSerials[place] === serial ? this.tauSums[place]! : 0;
  }

  /** Offset of a model's row in `rows`; −1 for a model that the block does not have. */
  rowOf({ place, serial }: SeriesEntry): number {
    return this.serials[place] === serial ? place * ROW_WIDTH : -1;
  }

  pack(): Uint8Array<ArrayBuffer> {
    const to = new PackedWriter();
    to.wholes(this.serials, 0, MAX_SERIES);
    for (let p = 0; p < MAX_SERIES; p++) if (this.serials[p]! > 0) to.row(this.rows, p * ROW_WIDTH);
    to.wholes(this.specSerials, 0, MAX_SPECS);
    to.wholes(this.facts, 0, this.facts.length);
    for (const sum of this.tauSums) to.float(sum);
    return to.finish();
  }

  /** Restores a packed block. Throws `RangeError` for invalid bytes. */
  static unpack(bytes: Uint8Array): MonthBlock {
    const from = new PackedReader(bytes);
    const block = new MonthBlock();
    from.wholes(block.serials, 0, MAX_SERIES);
    for (let p = 0; p < MAX_SERIES; p++) if (block.serials[p]! > 0) from.row(block.rows, p * ROW_WIDTH);
    from.wholes(block.specSerials, 0, MAX_SPECS);
    from.wholes(block.facts, 0, block.facts.length);
    for (let s = 0; s < MAX_SPECS; s++) block.tauSums[s] = from.float();
    return block;
  }
}
