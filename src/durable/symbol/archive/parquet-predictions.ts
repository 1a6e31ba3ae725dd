// Predictions as a Parquet file. Deterministic, so that an object written twice has the same bytes.
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { ARCHIVE_SCHEMA } from "../../../features/archive-key.ts";
import { LABEL } from "../../../features/label-window.ts";
import { splitKey } from "../../../features/symbol-name.ts";
import { type AnsweringModel, PREDICTION_FLAG, type PredictionRows } from "./prediction-rows.ts";

export interface ParquetPredictionsOf {
  readonly symbol: string;
  readonly stepMs: number;
  readonly horizonSteps: number;
}

/**
 * One row a prediction, in order of steps; see docs/lake.md for the columns. `score` has the 32 bits that were
 * answered, and `alert` is decided on them; `probability_raw` has the model's own. `label` is null, and `resolved_ts`
 * with it, when none came: the segment ended, ticks were missing, or the symbol was removed.
 */
export function encodeParquetPredictions(rows: PredictionRows, of: ParquetPredictionsOf): ArrayBuffer {
  const { symbol, stepMs, horizonSteps } = of;
  const each = <T>(value: (k: number) => T): T[] => Array.from({ length: rows.count }, (_, k) => value(k));
  const ofModel = <T>(value: (model: AnsweringModel) => T): T[] => each((k) => value(rows.modelOf(k)));
  const text = (name: string, data: (string | null)[], nullable = false): ColumnSource => {
    return { name, type: "STRING", nullable, data };
  };
  const time = (name: string, data: (bigint | null)[], nullable = false): ColumnSource => {
    return { name, type: "INT64", nullable, encoding: "DELTA_BINARY_PACKED", data };
  };
  /** Ratios over τ as fractions. */
  const sigma = (name: string, ratios: Float32Array): ColumnSource => {
    const data = each((k) => (Number.isNaN(ratios[k]) ? null : ratios[k]! * rows.tau[k]!));
    return { name, type: "DOUBLE", nullable: true, data };
  };
  const flag = (bit: number): boolean[] => each((k) => (rows.flags[k]! & bit) !== 0);
  const columnData: ColumnSource[] = [
    {
      ...text(
        "prediction_id",
        each((k) => `${symbol}:${rows.index[k]!}:${rows.modelOf(k).sha256.slice(0, 12)}`),
      ),
      encoding: "DELTA_BYTE_ARRAY",
    },
    time(
      "ts",
      each((k) => BigInt((rows.index[k]! + 1) * stepMs)),
    ),
    text(
      "symbol",
      each(() => symbol),
    ),
    text(
      "venue",
      each(() => splitKey(symbol).venue ?? null),
      true,
    ),
    { name: "score", type: "FLOAT", nullable: false, data: rows.score.slice(0, rows.count) },
    { name: "probability_raw", type: "FLOAT", nullable: false, data: rows.raw.slice(0, rows.count) },
    { name: "threshold", type: "DOUBLE", nullable: false, data: ofModel(({ threshold }) => threshold) },
    {
      name: "alert",
      type: "BOOLEAN",
      nullable: false,
      data: each((k) => rows.score[k]! >= rows.modelOf(k).threshold),
    },
    { name: "tau", type: "DOUBLE", nullable: false, data: rows.tau.slice(0, rows.count) },
    sigma("sigma", rows.sigma),
    sigma("sigma_q10", rows.sigma10),
    sigma("sigma_q50", rows.sigma50),
    sigma("sigma_q90", rows.sigma90),
    text(
      "label",
      each((k) => LABELS[rows.label[k]!] ?? null),
      true,
    ),
    time(
      "resolved_ts",
      each((k) => (LABELS[rows.label[k]!] === undefined ? null : BigInt((rows.settledBy[k]! + 1) * stepMs))),
      true,
    ),
    { name: "counted", type: "BOOLEAN", nullable: false, data: flag(PREDICTION_FLAG.counted) },
    { name: "stale", type: "BOOLEAN", nullable: false, data: flag(PREDICTION_FLAG.stale) },
    text(
      "model",
      ofModel(({ name }) => name),
    ),
    text(
      "model_version",
      ofModel(({ version }) => version),
    ),
    text(
      "model_sha256",
      ofModel(({ sha256 }) => sha256),
    ),
    text(
      "variant",
      ofModel(({ variant }) => variant),
    ),
    { name: "stand_in", type: "BOOLEAN", nullable: false, data: ofModel(({ standIn }) => standIn) },
  ];
  return parquetWriteBuffer({
    columnData,
    createdBy: "volgate",
    kvMetadata: [
      { key: "archive_schema", value: ARCHIVE_SCHEMA },
      { key: "symbol", value: symbol },
      { key: "first_step", value: String(rows.index[0]!) },
      { key: "last_step", value: String(rows.index[rows.count - 1]!) },
      { key: "step_ms", value: String(stepMs) },
      { key: "horizon_ms", value: String(horizonSteps * stepMs) },
    ],
  });
}

/** By what `PredictionRows.label` has. */
const LABELS: readonly (string | undefined)[] = [];
Object.assign(LABELS, { [LABEL.calm + 1]: "0", [LABEL.spike + 1]: "1", [LABEL.void + 1]: "void" });
