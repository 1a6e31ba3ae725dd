// What is kept of 300 closed steps in a row for charts: one page of storage. Its place in time is its number, so that
// the same steps give the same chunks, however they came.
import { decodePage, encodePage } from "../features/page-buffer.ts";
import { StateFormatError } from "../features/binary-container.ts";

/** Steps of a chunk: five minutes at 1 s. */
export const CHUNK_STEPS = 300;

const KIND = "step-chunk 1";

/** Bits of `StepChunk.flags`. Without `calm` and `spike` no label was confirmed at the step. */
export const STEP_FLAG = { known: 1, alert: 2, calm: 4, spike: 8 } as const;

/** The float32 columns: bps, but for `probability` and `threshold`. `NaN` is unknown. */
const FIGURES = ["rvBps", "tauBps", "probability", "threshold", "sigmaBps"] as const;
type Figure = (typeof FIGURES)[number];

export class StepChunk implements Readonly<Record<Figure, Float32Array>> {
  /** Its first step is `number * CHUNK_STEPS`. */
  readonly number: number;
  readonly flags: Uint8Array;
  /** Price at the step's end. */
  readonly price: Float64Array;
  readonly rvBps: Float32Array;
  readonly tauBps: Float32Array;
  readonly probability: Float32Array;
  readonly threshold: Float32Array;
  readonly sigmaBps: Float32Array;

  constructor(number: number) {
    this.number = number;
    this.flags = new Uint8Array(CHUNK_STEPS);
    this.price = new Float64Array(CHUNK_STEPS).fill(NaN);
    this.rvBps = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.tauBps = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.probability = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.threshold = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.sigmaBps = new Float32Array(CHUNK_STEPS).fill(NaN);
  }

  get firstStep(): number {
    return this.number * CHUNK_STEPS;
  }

  isKnown(at: number): boolean {
    return (this.flags[at]! & STEP_FLAG.known) !== 0;
  }

  /** The newest known step; `undefined` without one. */
  get lastKnown(): number | undefined {
    const at = this.flags.findLastIndex((flags) => (flags & STEP_FLAG.known) !== 0);
    return at < 0 ? undefined : this.firstStep + at;
  }

  /** The oldest known step; `undefined` without one. */
  get firstKnown(): number | undefined {
    const at = this.flags.findIndex((flags) => (flags & STEP_FLAG.known) !== 0);
    return at < 0 ? undefined : this.firstStep + at;
  }

  encode(): ArrayBuffer {
    const { number } = this;
    return encodePage(KIND, { numbers: { number }, arrays: [this.price, ...FIGURES.map((f) => this[f]), this.flags] });
  }

  /** Throws `StateFormatError` for bytes that are not what was written. */
  static decode(bytes: ArrayBuffer): StepChunk {
    const { numbers, arrays } = decodePage(KIND, bytes);
    const chunk = new StepChunk(Number(numbers["number"]));
    const columns = [chunk.price, ...FIGURES.map((figure) => chunk[figure]), chunk.flags];
    if (arrays.length !== columns.length || arrays.some(({ length }) => length !== CHUNK_STEPS)) {
      throw new StateFormatError(
        `step chunk: got ${arrays.length} columns, expected ${columns.length} of ${CHUNK_STEPS}`,
      );
    }
    columns.forEach((column, k) => column.set(arrays[k]!));
    return chunk;
  }
}

/** The chunk that has a step. */
export function chunkOf(step: number): number {
  return Math.floor(step / CHUNK_STEPS);
}
