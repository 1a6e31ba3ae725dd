// The Parquet schema of a dataset, and what its files say about themselves.
import type { KeyValue, SchemaElement } from "hyparquet";
import packageFile from "../../package.json" with { type: "json" };
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { ROWS, type RowName, schemaText } from "../../src/features/schema.ts";
import type { FoldGrid } from "./fold-grid.ts";
import type { RowsPlan } from "./rows-plan.ts";

/** Counts up when the meaning of a column or key changes. */
const DATASET_FORMAT = 1;

/** All columns in order: see docs/rows.md. */
export function datasetSchema(row: RowName, hasServed: boolean): SchemaElement[] {
  const columns: SchemaElement[] = [
    { ...required("time", "INT64"), converted_type: "TIMESTAMP_MILLIS", logical_type: UTC_MILLIS },
    { ...required("symbol", "BYTE_ARRAY"), ...TEXT },
    { ...optional("venue", "BYTE_ARRAY"), ...TEXT },
    required("step", "INT64"),
    required("segment", "INT64"),
    ...ROWS[row].map(({ name }) => required(name, "FLOAT")),
    optional("tau", "DOUBLE"),
    { ...optional("label", "BYTE_ARRAY"), ...TEXT },
    optional("horizon_volatility", "DOUBLE"),
    optional("episode", "INT64"),
    required("eligible", "BOOLEAN"),
    required("fold", "INT32"),
    optional("purge", "INT32"),
    ...(hasServed ? SERVED : []),
  ];
  return [{ name: "root", num_children: columns.length }, ...columns];
}

/** The same for every file of a dataset, whoever wrote it; only the version of the program may differ. */
export function datasetFacts(
  { row, engine, quoteMarginPercent, predictions }: RowsPlan,
  folds: FoldGrid,
): Record<string, string> {
  const { grid, label } = engine;
  const schema = schemaText(row, grid, label.horizonSteps);
  return {
    "volgate.dataset_format": String(DATASET_FORMAT),
    "volgate.row": row,
    "volgate.schema": schema,
    "volgate.schema_sha256": sha256Hex(schema),
    "volgate.label": labelSpecText(label),
    "volgate.label_json": JSON.stringify(label),
    "volgate.step_ms": String(grid.stepMs),
    "volgate.quote_margin_percent": String(quoteMarginPercent),
    "volgate.walk_forward": folds.text,
    "volgate.served_scores": predictions === undefined ? "none" : "archive of predictions",
  };
}

/** The key-value metadata of a file. */
export function fileMetadata(facts: Readonly<Record<string, string>>): KeyValue[] {
  const all = { ...facts, "volgate.version": packageFile.version };
  return Object.entries(all).map(([key, value]) => ({ key, value }));
}

const TEXT = { converted_type: "UTF8", logical_type: { type: "STRING" } } as const;
const UTC_MILLIS = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } as const;

const SERVED: readonly SchemaElement[] = [
  optional("served_score", "DOUBLE"),
  { ...optional("served_model", "BYTE_ARRAY"), ...TEXT },
];

function required(name: string, type: SchemaElement["type"] & string): SchemaElement {
  return { name, type, repetition_type: "REQUIRED" };
}

function optional(name: string, type: SchemaElement["type"] & string): SchemaElement {
  return { name, type, repetition_type: "OPTIONAL" };
}
