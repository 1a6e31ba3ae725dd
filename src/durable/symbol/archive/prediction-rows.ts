// Predictions of a symbol's steps in columns that grow, in order of their steps, as they wait for their labels and for
// the archive.
import { LABEL } from "../../../features/label-window.ts";
import { decodePageOf, encodePage } from "../../../features/page-buffer.ts";

/** The model that answered some steps, and how: what a row's number in `model` stands for. */
export interface AnsweringModel {
  readonly sha256: string;
  readonly name: string;
  readonly version: string;
  readonly threshold: number;
  readonly variant: "champion" | "challenger";
  /** Whether it served in place of the one that the registry names. */
  readonly standIn: boolean;
  /** Its label spec, as text. */
  readonly labelText: string;
}

/** Bits of `flags`. */
export const PREDICTION_FLAG = {
  /** The step counts for quality: it was observed and is not stale. */
  counted: 1,
  stale: 2,
} as const;

const KIND = "prediction-rows 2";
/** Without volatilities, and without the models' own scores: they are those that were answered. */
const KIND_1 = "prediction-rows 1";
const FIRST_CAPACITY = 256;
/** Most models that rows can name; the oldest is dropped with its last row. */
const MAX_MODELS = 255;

/** One prediction. */
export interface PredictionRow {
  readonly index: number;
  /** As it was answered, and the model's own before it was recalibrated. */
  readonly score: number;
  readonly raw: number;
  readonly tau: number;
  readonly flags: number;
  /** Expected volatility over τ and its quantiles by level, `NaN` where there are none. */
  readonly sigmas: readonly number[];
}

export class PredictionRows {
  count = 0;
  models: readonly AnsweringModel[] = [];
  /** Grid index of the step. */
  index = new Float64Array(FIRST_CAPACITY);
  score = new Float32Array(FIRST_CAPACITY);
  raw = new Float32Array(FIRST_CAPACITY);
  /** Threshold of the label, a fraction. */
  tau = new Float64Array(FIRST_CAPACITY);
  flags = new Uint8Array(FIRST_CAPACITY);
  /** Expected volatility of the horizon over τ, and its quantiles; `NaN` where the model gave none. */
  sigma = new Float32Array(FIRST_CAPACITY);
  sigma10 = new Float32Array(FIRST_CAPACITY);
  sigma50 = new Float32Array(FIRST_CAPACITY);
  sigma90 = new Float32Array(FIRST_CAPACITY);
  /** Position among `models`. */
  model = new Uint8Array(FIRST_CAPACITY);
  /** `LABEL` plus 1, so that 0 is none. */
  label = new Uint8Array(FIRST_CAPACITY);
  /** The step that brought the label, or after which none could come any more; `NaN` while it is awaited. */
  settledBy = new Float64Array(FIRST_CAPACITY);
  /** The model of the last row. */
  private last: { readonly model: AnsweringModel; readonly place: number } | undefined;

  append(row: PredictionRow, model: AnsweringModel): void {
    if (this.count === this.index.length) this.resize(this.count * 2);
    const k = this.count++;
    this.index[k] = row.index;
    this.score[k] = row.score;
    this.raw[k] = row.raw;
    this.tau[k] = row.tau;
    this.flags[k] = row.flags;
    SIGMAS.forEach((field, i) => (this[field][k] = row.sigmas[i] ?? NaN));
    this.model[k] = this.placeOf(model);
    this.label[k] = LABEL.none + 1;
    this.settledBy[k] = NaN;
  }

  modelOf(k: number): AnsweringModel {
    return this.models[this.model[k]!]!;
  }

  /** Copies the first `count` rows. */
  head(count: number): PredictionRows {
    const head = new PredictionRows();
    head.resize(Math.max(1, count));
    for (const field of FIELDS) head[field].set(this[field].subarray(0, count));
    head.models = this.models;
    head.count = count;
    return head;
  }

  /** Removes the first `count` rows. */
  dropFirst(count: number): void {
    for (const field of FIELDS) this[field].copyWithin(0, count, this.count);
    this.count -= count;
    // Without the room for what was dropped.
    const capacity = Math.max(FIRST_CAPACITY, this.count * 2);
    if (this.index.length > 2 * capacity) this.resize(capacity);
    this.dropModels();
  }

  /** @param numbers are stored beside the rows. */
  encode(numbers: Readonly<Record<string, number | string | null>>): ArrayBuffer {
    const arrays = FIELDS.map((field) => this[field].subarray(0, this.count));
    return encodePage(KIND, { numbers: { ...numbers, models: JSON.stringify(this.models) }, arrays });
  }

  /** Reads what `encode` wrote. Throws `StateFormatError` for other bytes. */
  static decode(bytes: ArrayBuffer): {
    readonly rows: PredictionRows;
    readonly numbers: Readonly<Record<string, number | string | null>>;
  } {
    const { kind, numbers, arrays } = decodePageOf([KIND, KIND_1], bytes);
    const rows = new PredictionRows();
    rows.count = arrays[0]?.length ?? 0;
    rows.resize(Math.max(FIRST_CAPACITY, rows.count));
    const fields = kind === KIND ? FIELDS : FIELDS_1;
    fields.forEach((field, i) => rows[field].set(arrays[i] ?? []));
    if (kind === KIND_1) {
      rows.raw.set(rows.score);
      for (const field of SIGMAS) rows[field].fill(NaN);
    }
    rows.models = JSON.parse(String(numbers["models"])) as AnsweringModel[];
    return { rows, numbers };
  }

  private placeOf(model: AnsweringModel): number {
    if (this.last?.model === model) return this.last.place;
    const text = JSON.stringify(model);
    let place = this.models.findIndex((one) => JSON.stringify(one) === text);
    if (place < 0) {
      if (this.models.length === MAX_MODELS) throw new RangeError(`models: got more than ${MAX_MODELS} that wait`);
      place = this.models.length;
      this.models = [...this.models, model];
    }
    this.last = { model, place };
    return place;
  }

  /** Drops the models that no row names any more. */
  private dropModels(): void {
    const used = new Set(this.model.subarray(0, this.count));
    if (used.size === this.models.length) return;
    const kept = [...used].sort((a, b) => a - b);
    this.models = kept.map((place) => this.models[place]!);
    this.last = undefined;
    for (let k = 0; k < this.count; k++) this.model[k] = kept.indexOf(this.model[k]!);
  }

  private resize(capacity: number): void {
    const sized = <T extends Float64Array | Float32Array | Uint8Array>(from: T, into: T): T => {
      into.set(from.subarray(0, Math.min(this.count, capacity)));
      return into;
    };
    this.index = sized(this.index, new Float64Array(capacity));
    this.score = sized(this.score, new Float32Array(capacity));
    this.raw = sized(this.raw, new Float32Array(capacity));
    this.tau = sized(this.tau, new Float64Array(capacity));
    this.flags = sized(this.flags, new Uint8Array(capacity));
    for (const field of SIGMAS) this[field] = sized(this[field], new Float32Array(capacity));
    this.model = sized(this.model, new Uint8Array(capacity));
    this.label = sized(this.label, new Uint8Array(capacity));
    this.settledBy = sized(this.settledBy, new Float64Array(capacity));
  }
}

const SIGMAS = ["sigma", "sigma10", "sigma50", "sigma90"] as const;
const FIELDS_1 = ["index", "score", "tau", "flags", "model", "label", "settledBy"] as const;
const FIELDS = [...FIELDS_1, "raw", ...SIGMAS] as const;
