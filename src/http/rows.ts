// POST /predict {rows}: stateless scoring of the row `peer-10`, the contract of the system that volgate replaces.
import type { Context } from "hono";
import { modelsReady } from "../model-refresh.ts";
import { PEER_10 } from "../features/schema.ts";
import { type Scorer, isProbability } from "../model/artifact.ts";
import { modelHost } from "../model/model-host.ts";
import { predictions } from "../counting/isolate-counters.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { type LegacyAnswer, type Row, type RowsAnswer, STANDS_FOR } from "./rows-schema.ts";

/**
 * `{scores, model_variant, version, ts}` as the peer answers, and the names that were missing per row. `model_variant`
 * is `ml` when an artifact was given the alias `rows`, else `baseline`.
 */
export async function scoreRows(c: Context<AppEnv>, rows: readonly Row[]): Promise<RowsAnswer> {
  const parsed = rows.map(featuresOf);
  const { scores, scorer } = await score(c, parsed, (i) => `rows[${i}]`);
  const { manifest, columns } = scorer;
  const missing = parsed.map((row) => manifest.features.filter((_, j) => Number.isNaN(row[columns[j]!]!)));
  return {
    scores: Array.from(scores),
    model_variant: manifest.family === "zscore" ? "baseline" : "ml",
    version: manifest.version,
    ts: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    ...(modelHost.serving.standIns.has("rows") ? { stand_in: true } : {}),
    ...(missing.some((names) => names.length > 0) ? { imputed: missing } : {}),
  };
}

/** The answer to one row in the form of the peer's older clients, without a field more. */
export async function scoreLegacyRow(c: Context<AppEnv>, features: Row): Promise<LegacyAnswer> {
  const startMs = performance.now();
  const { scores, scorer } = await score(c, [featuresOf(features)], () => "features");
  const { threshold, version } = scorer.manifest;
  const alert = scores[0]! >= threshold;
  return {
    prediction: alert ? 1 : 0,
    probability: scores[0]!,
    alert,
    inference_time_ms: performance.now() - startMs,
    model_version: version,
  };
}

/**
 * Probabilities of rows by the model of the alias `rows`, each counted as a prediction. Finite inputs can still be too
 * large for a model's own sums: that is the request's fault, not the gateway's.
 * @param nameOf how the request names a row.
 */
async function score(
  c: Context<AppEnv>,
  rows: readonly Float64Array[],
  nameOf: (row: number) => string,
): Promise<{ readonly scores: Float32Array; readonly scorer: Scorer }> {
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  const scorer = modelHost.serving.byAlias.rows;
  if (scorer === undefined) throw new Problem("no_model", "no model holds the alias rows: see /health");
  const { columns, manifest } = scorer;
  const width = columns.length;
  const input = new Float32Array(rows.length * width);
  rows.forEach((row, i) => columns.forEach((column, j) => (input[i * width + j] = row[column]!)));
  const scores = rows.length === 0 ? new Float32Array(0) : (await scorer.score(input)).probabilities;
  const bad = scores.findIndex((p) => !isProbability(p));
  if (bad >= 0) {
    throw new Problem("rows_out_of_range", `${nameOf(bad)}: got values for which the model gives no probability`);
  }
  for (const p of scores) {
    predictions.inc({ model_version: manifest.version, prediction: p >= manifest.threshold ? "1" : "0" });
  }
  return { scores, scorer };
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
