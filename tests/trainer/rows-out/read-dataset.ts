// Reads a dataset back, as a program that knows nothing of this one would.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

export interface DatasetFile {
  /** Below the dataset's folder. */
  readonly path: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** The names of the columns with their types, in order. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly Record<string, unknown>[];
  readonly bytes: Uint8Array;
}

/** All files, in the order of their paths. */
export async function readDataset(folder: string): Promise<DatasetFile[]> {
  const names = readdirSync(folder, { recursive: true }).map(String);
  const files = names.filter((name) => name.endsWith(".parquet")).sort();
  return await Promise.all(files.map((path) => readFile(folder, path)));
}

async function readFile(folder: string, path: string): Promise<DatasetFile> {
  const bytes = new Uint8Array(readFileSync(join(folder, path)));
  const file = bytes.slice().buffer;
  const { key_value_metadata: pairs = [], schema } = parquetMetadata(file);
  return {
    path,
    bytes,
    metadata: new Map(pairs.map(({ key, value }) => [key, value ?? ""])),
    columns: schema.slice(1).map(({ name, type, converted_type: converted }) => [name, converted ?? type ?? ""]),
    rows: await parquetReadObjects({ file, compressors }),
  };
}

/** One column over all files. */
export function columnOf(files: readonly DatasetFile[], name: string): unknown[] {
  return files.flatMap(({ rows }) => rows.map((row) => row[name]));
}
