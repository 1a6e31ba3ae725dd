// POST /predict {rows}: stateless scoring of the row `peer-10`, the contract of the system that volgate replaces.
import type { Context } from "hono";
import { modelsReady } from "../model-refresh.ts";
import { PEER_10 } from "../features/schema.ts";
import { type Scorer, isProbability } from "../model/artifact.ts";
import { modelHost } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import type { Row, RowsAnswer } from "./rows-schema.ts";

/** The peer's short names and the features that they stand for. */
const STANDS_FOR = {
  ret_mean: "log_return_300s",
  ret_std: "realized_volatility_300s",
  n: "trade_intensity_300s",
} as const;

/**
 * `{scores, model_variant, version, ts}` as the peer answers, and the names that were missing per row. `model_variant`
 * is `ml` when an artifact was given the alias `rows`, else `baseline`.
 */
export async function scoreRows(c: Context<AppEnv>, rows: readonly Row[]): Promise<RowsAnswer> {
  const parsed = rows.map(featuresOf);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  const scorer = modelHost.serving.byAlias.rows;
  if (scorer === undefined) throw new Problem("no_model", "no model holds the alias rows: see /health");
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
  throw new Problem("rows_out_of_range", `rows[${bad}]: got values for which the model gives no probability`);
}

/** The features in the order of `peer-10`, `NaN` for one that is missing. */
function featuresOf(row: Row): Float64Array {
  const values: Readonly<Record<string, number | null | undefined>> = row;
  const features = Float64Array.from(PEER_10, ({ name }) => values[name] ?? NaN);
  for (const [short, name] of Object.entries(STANDS_FOR)) {
    const at = PEER_10.findIndex((column) => column.name === name);
    if (Number.isNaN(features[at]!)) features[at] = values[short] ?? NaN;
  }
  return features;
}
