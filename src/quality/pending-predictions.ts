// Holds exact probabilities until the label of their step arrives, one horizon later.
import { MAX_PLACES } from "./quality-series.ts";
import type { SeriesEntry } from "./series-catalogue.ts";

/** The probabilities of the last horizon of steps, per place of the catalogue. */
export class PendingPredictions {
  private readonly rings = emptyRings();
  /** The models' own probabilities beside them. */
  private readonly rawRings = emptyRings();

  /** The arrays for storage: one per place, `NaN` where no probability waits; then the models' own likewise. */
  get arrays(): readonly Float32Array[] {
    return [...this.rings, ...this.rawRings];
  }

  get sizeBytes(): number {
    return this.arrays.reduce((sum, ring) => sum + ring.byteLength, 0);
  }

  /** Clears a place. @param horizonSteps of the model that uses the place from now on; 0 for none. */
  reset(place: number, horizonSteps: number): void {
    this.rings[place] = new Float32Array(horizonSteps).fill(NaN);
    this.rawRings[place] = new Float32Array(horizonSteps).fill(NaN);
  }

  /** Clears a place unless its size already fits this horizon. */
  fit(place: number, horizonSteps: number): void {
    if (this.rings[place]!.length !== horizonSteps) this.reset(place, horizonSteps);
    // In a state of before models were recalibrated there are none.
    if (this.rawRings[place]!.length !== horizonSteps) this.rawRings[place] = this.rings[place]!.slice();
  }

  /** Keeps a step's probability until `resolve`, or until the step one horizon later overwrites it. */
  park({ place }: SeriesEntry, index: number, probability: number, raw: number): void {
    const ring = this.rings[place]!;
    ring[index % ring.length] = probability;
    this.rawRings[place]![index % ring.length] = raw;
  }

  /** The model's own probability of a step that is still parked. */
  raw({ place }: SeriesEntry, index: number): number {
    const ring = this.rawRings[place]!;
    return ring[(index + ring.length) % ring.length]!;
  }

  /** Removes and returns the probability that was parked at a step, `NaN` without one. */
  resolve({ place }: SeriesEntry, index: number): number {
    const ring = this.rings[place]!;
    // The index is negative for a step before the first one.
    const at = (index + ring.length) % ring.length;
    const probability = ring[at]!;
    ring[at] = NaN;
    return probability;
  }

  /** Drops all waiting probabilities of a model. */
  drop({ place }: SeriesEntry): void {
    this.rings[place]!.fill(NaN);
  }

  /** Loads the stored arrays. Call `fit` for every place afterwards. */
  load(arrays: readonly ArrayLike<number>[]): void {
    arrays.forEach((array, i) => {
      const rings = i < MAX_PLACES ? this.rings : this.rawRings;
      rings[i % MAX_PLACES] = Float32Array.from(array);
    });
  }
}

function emptyRings(): Float32Array[] {
  return Array.from({ length: MAX_PLACES }, () => new Float32Array(0));
}
