// Everything a batch computed, byte for byte, for whoever must prove that serving equals training (`npm run parity`).
import type { ClosedSteps } from "../../features/closed-steps.ts";
import { ROWS, type RowName } from "../../features/schema.ts";
import { type BatchScores, SCORED, type ScoredAlias } from "./scoring.ts";

/** Typed arrays of one part of a batch's closed steps; little-endian bytes in base64 on the wire. */
export interface StepTrace {
  readonly count: number;
  /** Float64 [count]. */
  readonly index: string;
  /** Uint8 [count], `FLAG` bits. */
  readonly flags: string;
  /** Float32 [count, columns], per row name; `default-1` against the champion's τ. */
  readonly rows: Readonly<Record<RowName, string>>;
  /** Float64 [count], as a fraction. */
  readonly tau: string;
  /** Int8 [count]: the label of the step one horizon before. */
  readonly label: string;
  /** Float64 [count]. */
  readonly horizonVolatility: string;
  readonly scores: Readonly<Record<ScoredAlias, ScoreTrace>>;
}

/** One alias's scores of the part, with the artifact that made them. */
export interface ScoreTrace {
  readonly sha256: string | null;
  /** Float32 [count]: probabilities, `NaN` without one. */
  readonly values: string;
  /** Float32 [count]: expected volatilities over τ, `NaN` without one; `null` for a model that gives none. */
  readonly sigmas: string | null;
}

/** Collects a batch's parts as they close; the scores are joined when they are there. */
export class BatchTrace {
  private readonly parts: Omit<StepTrace, "scores">[] = [];
  private readonly spec: number;

  /** @param spec the label spec whose τ and labels are shown. */
  constructor(spec: number) {
    this.spec = spec;
  }

  collect(closed: ClosedSteps): void {
    this.parts.push(traceSteps(closed, this.spec));
  }

  join(scores: BatchScores): StepTrace[] {
    let from = 0;
    return this.parts.map((part) => {
      const entries = SCORED.map((alias) => {
        const { scorer, places, values, sigmaRatios } = scores[alias];
        const partOf = (all: Float32Array): string => base64(partOfSteps(places, all, from, part.count));
        const trace: ScoreTrace = {
          sha256: scorer?.manifest.onnxSha256 ?? null,
          values: partOf(values),
          sigmas: sigmaRatios === undefined ? null : partOf(sigmaRatios),
        };
        return [alias, trace] as const;
      });
      from += part.count;
      return { ...part, scores: Object.fromEntries(entries) as StepTrace["scores"] };
    });
  }
}

/** Values of ready steps, at their places among `count` steps from `from` on. */
function partOfSteps(places: readonly number[], values: Float32Array, from: number, count: number): Float32Array {
  const part = new Float32Array(count).fill(NaN);
  places.forEach((place, i) => {
    if (place >= from && place < from + count) part[place - from] = values[i]!;
  });
  return part;
}

function traceSteps(closed: ClosedSteps, spec: number): Omit<StepTrace, "scores"> {
  const { count, specCount } = closed;
  const ofSpec = <T extends Float64Array | Int8Array>(values: T, into: T): T => {
    for (let k = 0; k < count; k++) into[k] = values[k * specCount + spec]!;
    return into;
  };
  return {
    count,
    index: base64(closed.index.slice(0, count)),
    flags: base64(closed.flags.slice(0, count)),
    rows: {
      "default-1": base64(allRows(closed, "default-1", spec)),
      "peer-10": base64(allRows(closed, "peer-10", spec)),
    },
    tau: base64(ofSpec(closed.tau, new Float64Array(count))),
    label: base64(ofSpec(closed.label, new Int8Array(count))),
    horizonVolatility: base64(ofSpec(closed.horizonVolatility, new Float64Array(count))),
  };
}

function allRows(closed: ClosedSteps, name: RowName, spec: number): Float32Array {
  const width = ROWS[name].length;
  const columns = Int32Array.from({ length: width }, (_, j) => j);
  const rows = new Float32Array(closed.count * width);
  for (let k = 0; k < closed.count; k++) closed.row(name, k, spec, columns, rows, k * width);
  return rows;
}

/** Takes the array for its own: every `NaN` in it is given the same bits, which depend on the compiler otherwise. */
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
