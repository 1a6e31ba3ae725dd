// POST /predict {rows}: stateless scoring of the row `peer-10`, the contract of the system that volgate replaces.
import type { Context } from "hono";
import { modelsReady } from "../model-refresh.ts";
import { PEER_10 } from "../features/schema.ts";
import { type Scorer, isProbability } from "../model/artifact.ts";
import { modelHost } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { shown } from "../shown.ts";

/** Rows of one request at most. */
const MAX_ROWS = 1000;

/** The peer's short names and the features that they stand for. */
const STANDS_FOR = {
  ret_mean: "log_return_300s",
  ret_std: "realized_volatility_300s",
  n: "trade_intensity_300s",
} as const;

/**
 * `{scores, model_variant, version, ts}` as the peer answers, and the names that were missing per row. `model_variant` is
 * `ml` when an artifact was given the alias `rows`, else `baseline`.
 */
export async function scoreRows(c: Context<AppEnv>, rows: unknown): Promise<Record<string, unknown>> {
  if (!Array.isArray(rows)) throw new Problem(400, "rows_malformed", `rows: got ${typeof rows}, expected a list`);
  if (rows.length > MAX_ROWS) {
    throw new Problem(413, "too_many_rows", `rows: got ${rows.length}, expected at most ${MAX_ROWS}`);
  }
  const parsed = rows.map(parseRow);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  const scorer = modelHost.serving.byAlias.rows;
  if (scorer === undefined) throw new Problem(503, "no_model", "no model holds the alias rows: see /health");
  const { manifest, columns } = scorer;
  const width = columns.length;
  const input = new Float32Array(parsed.length * width);
  parsed.forEach((row, i) => columns.forEach((column, j) => (input[i * width + j] = row[column]!)));
  const scores = parsed.length === 0 ? new Float32Array(0) : await score(scorer, input);
  const missing = parsed.map((row) => manifest.features.filter((_, j) => Number.isNaN(row[columns[j]!]!)));
  return {
    scores: Array.from(scores),
    model_variant: manifest.family === "zscore" ? "baseline" : "ml",
    version: manifest.version,
    ts: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    ...(missing.some((names) => names.length > 0) ? { imputed: missing } : {}),
  };
}

/** Finite inputs can still be too large for a model's own sums: that is the request's fault, not the gateway's. */
async function score(scorer: Scorer, input: Float32Array): Promise<Float32Array> {
  const { probabilities } = await scorer.score(input);
  const bad = probabilities.findIndex((p) => !isProbability(p));
  if (bad < 0) return probabilities;
  throw new Problem(422, "rows_out_of_range", `rows[${bad}]: got values for which the model gives no probability`);
}

function parseRow(value: unknown, index: number): Float64Array {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem(422, "row_malformed", `rows[${index}]: got ${shown(value)}, expected an object`);
  }
  const raw = value as Readonly<Record<string, unknown>>;
  const row = Float64Array.from(PEER_10, ({ name }) => optionalNumber(raw, name, index));
  for (const [short, name] of Object.entries(STANDS_FOR)) {
    const x = optionalNumber(raw, short, index);
    if (Number.isNaN(x)) {
      throw new Problem(422, "row_incomplete", `rows[${index}].${short}: got nothing, expected a finite number`);
    }
    const at = PEER_10.findIndex((column) => column.name === name);
    if (Number.isNaN(row[at]!)) row[at] = x;
  }
  return row;
}

/** The field as a number that a float32 can hold, `NaN` when it is absent or null. */
function optionalNumber(raw: Readonly<Record<string, unknown>>, field: string, index: number): number {
  const x = raw[field];
  if (x === undefined || x === null) return NaN;
  if (typeof x === "number" && Number.isFinite(Math.fround(x))) return x;
  throw new Problem(422, "row_malformed", `rows[${index}].${field}: got ${shown(x)}, expected a finite float32`);
}
