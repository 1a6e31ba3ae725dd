// What a bucket holds of models: the index of the published ones, and their manifests.
import { UserError } from "../command-line/user-error.ts";
import type { ModelBucket } from "../recordings/bucket/model-bucket.ts";
import { parseManifest, type Manifest } from "../src/model/manifest.ts";

export const INDEX_KEY = "models/index.json";

/** One published model, as the index lists it. */
export interface IndexEntry {
  readonly sha256: string;
  readonly name: string;
  readonly version: string;
  readonly family: string;
  readonly row: string;
  readonly schemaHash: string;
  readonly createdAt: string;
}

export interface ModelIndex {
  readonly format: 1;
  readonly artifacts: readonly IndexEntry[];
}

/** Throws `Error` for a text that is no index. */
export function parseIndex(text: string): ModelIndex {
  const raw: unknown = JSON.parse(text);
  if (!isIndex(raw)) throw new Error(`${INDEX_KEY}: got ${text.slice(0, 80)}, expected {"format":1,"artifacts":[…]}`);
  return raw;
}

/** The published models, oldest first; none in an empty bucket. */
export async function publishedModels(bucket: Pick<ModelBucket, "get">): Promise<readonly IndexEntry[]> {
  const stored = await bucket.get(INDEX_KEY);
  return stored === null ? [] : parseIndex(await stored.text()).artifacts;
}

/**
 * The one published model whose SHA-256 begins with `prefix`. Throws `UserError` for none and for several.
 *
 * Example: `3f1c0a9b` for 3f1c0a9be27d….
 */
export function findModel(models: readonly IndexEntry[], prefix: string): IndexEntry {
  const found = models.filter(({ sha256 }) => sha256.startsWith(prefix));
  if (found.length === 1) return found[0]!;
  const names = found.map(({ sha256, name }) => `${sha256.slice(0, 16)} (${name})`).join(", ");
  const got = found.length === 0 ? `none of ${models.length}` : `${found.length} of them: ${names}`;
  throw new UserError(`${prefix}: expected the beginning of one published model's SHA-256, got ${got}`);
}

/** Throws `UserError` if the bucket has no such manifest. */
export async function publishedManifest(bucket: Pick<ModelBucket, "get">, sha256: string): Promise<Manifest> {
  const key = `models/${sha256}/manifest.json`;
  const stored = await bucket.get(key);
  if (stored === null) throw new UserError(`${key}: not in the bucket`);
  return parseManifest(JSON.parse(await stored.text()));
}

function isIndex(raw: unknown): raw is ModelIndex {
  if (typeof raw !== "object" || raw === null || !("format" in raw) || !("artifacts" in raw)) return false;
  return raw.format === 1 && Array.isArray(raw.artifacts) && raw.artifacts.every(isEntry);
}

function isEntry(raw: unknown): raw is IndexEntry {
  if (typeof raw !== "object" || raw === null) return false;
  const fields = ["sha256", "name", "version", "family", "row", "schemaHash", "createdAt"];
  return fields.every((field) => typeof (raw as Readonly<Record<string, unknown>>)[field] === "string");
}
