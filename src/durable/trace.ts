// Everything a batch computed, byte for byte, for whoever must prove that serving equals training (`npm run parity`).
import type { ClosedSteps } from "../features/closed-steps.ts";
import { ROWS, type RowName } from "../features/schema.ts";
import { type BatchScores, SCORED, type ScoredAlias } from "./scoring.ts";

/** Typed arrays of one batch's closed steps; little-endian bytes in base64 on the wire. */
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
  /** Float32 [count] per alias, with the artifact that made them. */
  readonly scores: Readonly<Record<ScoredAlias, { readonly sha256: string | null; readonly values: string }>>;
}

/** Copies the closed steps of a batch; the scores are added when they are there. */
export function traceSteps(closed: ClosedSteps, spec: number): Omit<StepTrace, "scores"> {
  const { count, specCount } = closed;
  const ofSpec = <T extends Float64Array | Int8Array>(values: T, into: T): T => {
    for (let k = 0; k < count; k++) into[k] = values[k * specCount + spec]!;
    return into;
  };
  return {
    count,
    index: base64(closed.index.subarray(0, count)),
    flags: base64(closed.flags.subarray(0, count)),
    rows: {
      "default-1": base64(allRows(closed, "default-1", spec)),
      "peer-10": base64(allRows(closed, "peer-10", spec)),
    },
    tau: base64(ofSpec(closed.tau, new Float64Array(count))),
    label: base64(ofSpec(closed.label, new Int8Array(count))),
    horizonVolatility: base64(ofSpec(closed.horizonVolatility, new Float64Array(count))),
  };
}

export function traceScores(scores: BatchScores): StepTrace["scores"] {
  const entries = SCORED.map((alias) => {
    const { scorer, scores: values } = scores[alias];
    return [alias, { sha256: scorer?.manifest.onnxSha256 ?? null, values: base64(values) }] as const;
  });
  return Object.fromEntries(entries) as StepTrace["scores"];
}

function allRows(closed: ClosedSteps, name: RowName, spec: number): Float32Array {
  const width = ROWS[name].length;
  const columns = Int32Array.from({ length: width }, (_, j) => j);
  const rows = new Float32Array(closed.count * width);
  for (let k = 0; k < closed.count; k++) closed.row(name, k, spec, columns, rows, k * width);
  return rows;
}

function base64(values: Float64Array | Float32Array | Int8Array | Uint8Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
