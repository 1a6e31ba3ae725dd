// Exact probabilities that wait for the label of their step, which arrives one horizon later.
import { MAX_SERIES } from "./quality-series.ts";
import type { SeriesEntry } from "./series-catalogue.ts";

/** The probabilities of the last horizon of steps, per place of the catalogue. */
export class PendingPredictions {
  private readonly rings: Float32Array[] = Array.from({ length: MAX_SERIES }, () => new Float32Array(0));

  /** What is stored: one array per place, `NaN` where nothing waits. */
  get arrays(): readonly Float32Array[] {
    return this.rings;
  }

  get sizeBytes(): number {
    return this.rings.reduce((sum, ring) => sum + ring.byteLength, 0);
  }

  /** Empties a place. @param horizonSteps of the model that has it from now on; 0 for none. */
  reset(place: number, horizonSteps: number): void {
    this.rings[place] = new Float32Array(horizonSteps).fill(NaN);
  }

  /** Empties a place unless it already has room for this horizon. */
  fit(place: number, horizonSteps: number): void {
    if (this.rings[place]!.length !== horizonSteps) this.reset(place, horizonSteps);
  }

  /** Keeps a step's probability until `resolve`, or until a horizon later another step takes its room. */
  park({ place }: SeriesEntry, index: number, probability: number): void {
    const ring = this.rings[place]!;
    ring[index % ring.length] = probability;
  }

  /** The probability that was parked at a step, `NaN` without one. It does not wait any more. */
  resolve({ place }: SeriesEntry, index: number): number {
    const ring = this.rings[place]!;
    // A step before the first of all has a negative index.
    const at = (index + ring.length) % ring.length;
    const probability = ring[at]!;
    ring[at] = NaN;
    return probability;
  }

  /** Forgets everything that waits for a model's labels. */
  drop({ place }: SeriesEntry): void {
    this.rings[place]!.fill(NaN);
  }

  /** Takes what was stored. Call `fit` for every place afterwards. */
  load(arrays: readonly ArrayLike<number>[]): void {
    arrays.forEach((array, place) => (this.rings[place] = Float32Array.from(array)));
  }
}
