// All that a batch computed, byte for byte. `npm run parity` uses it to prove that serving equals training.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import type { FeatureEngine } from "../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import { ALL_COLUMNS, ofRows, ROW_NAMES, ROWS, type RowName } from "../../features/schema.ts";
import type { ServedModels } from "../../model/model-host.ts";
import { SCORED, type ScoredAlias } from "../../model/scored-alias.ts";
import { LEVELS } from "../../volatility/sigma-levels.ts";
import type { AliasScores, StepScores } from "./scoring.ts";

/** Typed arrays of some of a batch's closed steps; little-endian bytes in base64 on the wire. */
export interface StepTrace {
  readonly count: number;
  /** Float64 [count]. */
  readonly index: string;
  /** Uint8 [count], `FLAG` bits. */
  readonly flags: string;
  /** Float32 [count, columns], per row name, against the champion's τ. */
  readonly rows: Readonly<Record<RowName, string>>;
  /** Float64 [count], as a fraction. */
  readonly tau: string;
  /** Int8 [count]: the label of the step one horizon before. */
  readonly label: string;
  /** Float64 [count]. */
  readonly horizonVolatility: string;
  readonly scores: Readonly<Record<ScoredAlias, ScoreTrace>>;
}

const ROW_BYTES = 4 * ROW_NAMES.reduce((sum, row) => sum + ROWS[row].length, 0);
const SCORE_BYTES = (20 + 4 * LEVELS) * SCORED.length;
/** Characters of base64 for one step: index, flags, τ, label, horizon volatility, rows, scores of all aliases. */
const BYTES_PER_STEP = Math.ceil((4 / 3) * (8 + 1 + 8 + 1 + 8 + ROW_BYTES + SCORE_BYTES));

/** One alias's scores of the steps, and the artifact behind them. */
interface ScoreTrace {
  readonly sha256: string | null;
  /** Float32 [count]: probabilities as they are answered, `NaN` without one. */
  readonly values: string;
  /** Float32 [count]: the model's own. */
  readonly raw: string;
  /** Float32 [count]: expected volatilities over τ, `NaN` without one; `null` for a model without this output. */
  readonly sigmas: string | null;
  /**
   * Float32 [count, levels]: quantiles of the volatility over τ, `NaN` without them; `null` where none are learnt: for
   * that model, and for aliases that are not answered.
   */
  readonly sigmaQuantiles: string | null;
  /** Float64 [count]: the threshold that follows, served or not, `NaN` where a step is not ready; `null` for none. */
  readonly thresholds: string | null;
}

/**
 * The trace of some closed steps and their scores.
 * @param spec the label spec whose τ and labels are shown.
 */
export function traceSteps(steps: ClosedSteps, scores: StepScores, spec: number): StepTrace {
  const { count, specCount } = steps;
  const ofSpec = <T extends Float64Array | Int8Array>(values: T, into: T): T => {
    for (let k = 0; k < count; k++) into[k] = values[k * specCount + spec]!;
    return into;
  };
  const traces = SCORED.map((alias) => [alias, traceScores(scores[alias], count)] as const);
  return {
    count,
    index: base64(steps.index.slice(0, count)),
    flags: base64(steps.flags.slice(0, count)),
    rows: ofRows((row) => base64(allRows(steps, row, spec))),
    tau: base64(ofSpec(steps.tau, new Float64Array(count))),
    label: base64(ofSpec(steps.label, new Int8Array(count))),
    horizonVolatility: base64(ofSpec(steps.horizonVolatility, new Float64Array(count))),
    scores: Object.fromEntries(traces) as StepTrace["scores"],
  };
}

/**
 * Most bytes of the trace of a batch, before it is applied.
 * @param rows packed ticks.
 */
export function mostTraceBytes(rows: Float64Array, features: FeatureEngine): number {
  const { stepMs, gapSteps } = features.config.grid;
  const times = Float64Array.from({ length: rows.length / TICK_FIELDS }, (_, i) => rows[i * TICK_FIELDS]!).sort();
  let open = Math.floor(features.watermarkMs / stepMs);
  // A tick that is held from before can close as many as any other.
  let steps = gapSteps;
  for (const time of times) {
    const step = Math.floor(time / stepMs);
    // A longer gap starts a segment, which closes one step.
    if (step > open) steps += step - open > gapSteps ? 1 : step - open;
    if (!(step <= open)) open = step;
  }
  return steps * BYTES_PER_STEP;
}

/** Position of the label spec that a trace shows: the champion's. */
export function championSpec(features: FeatureEngine, { byAlias }: ServedModels): number {
  const label = byAlias.champion?.manifest.label;
  return Math.max(label === undefined ? 0 : features.indexOfLabelSpec(label), 0);
}

function traceScores(ofAlias: AliasScores, count: number): ScoreTrace {
  const { scorer, places, values, raw, sigmaRatios, sigmaQuantiles, following } = ofAlias;
  const floats = (of: Float32Array, width = 1): string => base64(atPlaces(places, of, new Float32Array(count * width)));
  return {
    sha256: scorer?.manifest.onnxSha256 ?? null,
    values: floats(values),
    raw: floats(raw),
    sigmas: sigmaRatios === undefined ? null : floats(sigmaRatios),
    sigmaQuantiles: sigmaQuantiles === undefined ? null : floats(sigmaQuantiles, LEVELS),
    thresholds:
      following === undefined ? null : base64(atPlaces(places, following.thresholds, new Float64Array(count))),
  };
}

/** Spreads the values of ready steps, as many each as `all` has for a step, to their positions among all steps. */
function atPlaces<T extends Float32Array | Float64Array>(places: readonly number[], values: T, all: T): T {
  const width = places.length === 0 ? 0 : values.length / places.length;
  all.fill(NaN);
  places.forEach((place, i) => {
    for (let j = 0; j < width; j++) all[place * width + j] = values[i * width + j]!;
  });
  return all;
}

function allRows(steps: ClosedSteps, name: RowName, spec: number): Float32Array {
  const width = ROWS[name].length;
  const rows = new Float32Array(steps.count * width);
  for (let k = 0; k < steps.count; k++) steps.row(name, k, spec, ALL_COLUMNS[name], rows, k * width);
  return rows;
}

/** Mutates `values`: rewrites every NaN to one bit pattern, because NaN bits depend on the compiler. */
function base64(values: Float64Array | Float32Array | Int8Array | Uint8Array): string {
  uniteNaNs(values);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function uniteNaNs(values: Float64Array | Float32Array | Int8Array | Uint8Array): void {
  const words = values.BYTES_PER_ELEMENT / 4;
  if (words < 1) return;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    bits.fill(0, i * words, (i + 1) * words);
    bits[(i + 1) * words - 1] = words === 2 ? 0x7ff80000 : 0x7fc00000;
  }
}
