// Artifacts into the bucket that the gateway reads. Models and their manifests never change once written; the index
// comes last, so that every file it names exists.
import { parseManifest, type Manifest } from "../src/model/manifest.ts";
import { type Artifact, manifestText } from "./artifact.ts";
import { MAX_MANIFEST_BYTES, MAX_MODEL_BYTES } from "../src/model/artifact-limits.ts";
import { INDEX_KEY, type IndexEntry, type ModelIndex, parseIndex } from "./model-index.ts";
import { differingFields } from "../src/model/decision.ts";
import type { ModelBucket } from "../recordings/bucket/model-bucket.ts";
import { UserError } from "../command-line/user-error.ts";

const CREATE_ONLY = { onlyIf: { etagDoesNotMatch: "*" } };
/** Attempts to write the index when other publishers change it at the same time. */
const INDEX_ATTEMPTS = 5;

/**
 * Writes `models/<sha256>/model.onnx` and `manifest.json`, create-only, then `models/index.json`. Publishing the same
 * artifact again changes nothing: the first manifest stays when the new one differs only in version, code commit and
 * time, and the index follows it.
 * @returns the entries of these artifacts.
 * @throws UserError for a file or manifest that is larger than a gateway takes; nothing is written then.
 * @throws UserError when the file is already published with another decision; the index does not change.
 * @throws Error when the index cannot be read, or was changed by others five times in a row.
 */
export async function publishArtifacts(bucket: ModelBucket, artifacts: readonly Artifact[]): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for (const artifact of artifacts) requireServable(artifact);
  for (const { manifest, onnx } of artifacts) {
    const folder = `models/${manifest.onnxSha256}`;
    await bucket.put(`${folder}/model.onnx`, onnx.slice().buffer, CREATE_ONLY);
    const created = await bucket.put(`${folder}/manifest.json`, manifestText(manifest), CREATE_ONLY);
    const stored = created === null ? await storedManifest(bucket, folder) : manifest;
    requireSameDecision(folder, stored, manifest);
    entries.push(entryOf(stored));
  }
  await addToIndex(bucket, entries);
  return entries;
}

function requireServable({ manifest, onnx }: Artifact): void {
  const sizes = [
    ["model.onnx", onnx.length, MAX_MODEL_BYTES],
    ["manifest.json", Buffer.byteLength(manifestText(manifest)), MAX_MANIFEST_BYTES],
  ] as const;
  for (const [file, bytes, most] of sizes) {
    if (bytes <= most) continue;
    throw new UserError(`${manifest.name}: ${file}: got ${bytes} bytes, expected at most ${most}, as a gateway takes`);
  }
}

/** A sealed file has one decision. A foreign file, or one with an edited manifest, may come with another. */
function requireSameDecision(folder: string, stored: Manifest, given: Manifest): void {
  const fields = differingFields(stored, given);
  if (fields.length === 0) return;
  const shown = (manifest: Manifest, field: string): string =>
    (JSON.stringify(manifest[field as keyof Manifest]) ?? "nothing").slice(0, 80);
  const differences = fields.map(
    (field) => `${field} is ${shown(stored, field)} there and ${shown(given, field)} here`,
  );
  throw new UserError(`${folder} is already published with another manifest: ${differences.join("; ")}`);
}

async function storedManifest(bucket: ModelBucket, folder: string): Promise<Manifest> {
  const stored = await bucket.get(`${folder}/manifest.json`);
  if (stored === null) throw new Error(`${folder}/manifest.json: could not be created, and does not exist`);
  return parseManifest(JSON.parse(await stored.text()));
}

async function addToIndex(bucket: ModelBucket, entries: readonly IndexEntry[]): Promise<void> {
  for (let attempt = 0; attempt < INDEX_ATTEMPTS; attempt++) {
    const stored = await bucket.get(INDEX_KEY);
    const known = stored === null ? [] : parseIndex(await stored.text()).artifacts;
    const added = entries.filter(({ sha256 }) => !known.some((entry) => entry.sha256 === sha256));
    if (added.length === 0) return;
    const index: ModelIndex = { format: 1, artifacts: [...known, ...added] };
    const options = stored === null ? CREATE_ONLY : { onlyIf: { etagMatches: stored.etag } };
    if ((await bucket.put(INDEX_KEY, JSON.stringify(index, null, 2) + "\n", options)) !== null) return;
  }
  throw new Error(`${INDEX_KEY}: changed by another publisher ${INDEX_ATTEMPTS} times in a row`);
}

function entryOf({ onnxSha256, name, version, family, row, schemaHash, createdAt }: Manifest): IndexEntry {
  return { sha256: onnxSha256, name, version, family, row, schemaHash, createdAt };
}
