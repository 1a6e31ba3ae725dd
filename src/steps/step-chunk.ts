// What is kept of 300 closed steps in a row for charts: one page of storage. Its place in time is its number, so that
// the same steps give the same chunks, however they came.
import { decodePageOf, encodePage } from "../features/page-buffer.ts";
import { StateFormatError } from "../features/binary-container.ts";

/** Steps of a chunk: five minutes at 1 s. */
export const CHUNK_STEPS = 300;

const KIND = "step-chunk 2";
/** Without `models`. */
const FORMER_KIND = "step-chunk 1";

/**
 * Bits of `StepChunk.flags`. Without `calm` and `spike` no label was confirmed at the step. `lost`: it was answered,
 * and nobody knows any more what was.
 */
export const STEP_FLAG = { known: 1, alert: 2, calm: 4, spike: 8, lost: 16 } as const;

/** The model that answered a step. */
export interface StepModel {
  /** The first 12 digits of its SHA-256. */
  readonly sha12: string;
  /** A hash of its label spec: labels that were confirmed under another one are not about its prediction. */
  readonly labelHash: string;
}

/** Models of one chunk; a step of a further one has none. */
const MAX_MODELS = 255;

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
  /** Which of `models` answered, counted from 1; 0 where that is not known. */
  private readonly modelAt: Uint8Array;
  private models: StepModel[] = [];

  constructor(number: number) {
    this.number = number;
    this.flags = new Uint8Array(CHUNK_STEPS);
    this.price = new Float64Array(CHUNK_STEPS).fill(NaN);
    this.rvBps = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.tauBps = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.probability = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.threshold = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.sigmaBps = new Float32Array(CHUNK_STEPS).fill(NaN);
    this.modelAt = new Uint8Array(CHUNK_STEPS);
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

  /** Who answered a step; `undefined` where nobody did, or it is not known. */
  modelOf(at: number): StepModel | undefined {
    return this.models[this.modelAt[at]! - 1];
  }

  setModel(at: number, { sha12, labelHash }: StepModel): void {
    let found = this.models.findIndex((model) => model.sha12 === sha12 && model.labelHash === labelHash);
    if (found < 0) found = this.models.push({ sha12, labelHash }) - 1;
    this.modelAt[at] = found < MAX_MODELS ? found + 1 : 0;
  }

  encode(): ArrayBuffer {
    const { number } = this;
    const models = this.models.map(({ sha12, labelHash }) => `${sha12}/${labelHash}`).join();
    return encodePage(KIND, { numbers: { number, models }, arrays: [...this.formerColumns, this.modelAt] });
  }

  private get formerColumns(): (Float64Array | Float32Array | Uint8Array)[] {
    return [this.price, ...FIGURES.map((figure) => this[figure]), this.flags];
  }

  /** Throws `StateFormatError` for bytes that are not what was written. */
  static decode(bytes: ArrayBuffer): StepChunk {
    const { kind, numbers, arrays } = decodePageOf([KIND, FORMER_KIND], bytes);
    const { number } = numbers;
    if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) {
      throw new StateFormatError(`step chunk number: got ${number}, expected a whole number`);
    }
    const chunk = new StepChunk(number);
    const columns = kind === KIND ? [...chunk.formerColumns, chunk.modelAt] : chunk.formerColumns;
    if (arrays.length !== columns.length || arrays.some(({ length }) => length !== CHUNK_STEPS)) {
      throw new StateFormatError(
        `step chunk: got ${arrays.length} columns, expected ${columns.length} of ${CHUNK_STEPS}`,
      );
    }
    columns.forEach((column, k) => column.set(arrays[k]!));
    const models = String(numbers["models"] ?? "");
    chunk.models = models === "" ? [] : models.split(",").map(modelFrom);
    return chunk;
  }
}

function modelFrom(text: string): StepModel {
  const [sha12 = "", labelHash = ""] = text.split("/");
  return { sha12, labelHash };
}

/** The chunk that has a step. */
export function chunkOf(step: number): number {
  return Math.floor(step / CHUNK_STEPS);
}
