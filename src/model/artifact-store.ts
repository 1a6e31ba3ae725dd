// Artifacts in R2: models/<sha256>/model.onnx and models/<sha256>/manifest.json, written once by the trainer.
import { withDeadline } from "./deadline.ts";
import { MAX_MANIFEST_BYTES, MAX_MODEL_BYTES } from "./artifact-limits.ts";
import { ArtifactError } from "./artifact-error.ts";
import { type ArtifactFiles, requireSize } from "./artifact.ts";

/** Looks up artifacts by the SHA-256 of their ONNX file. Throws `ArtifactError`. */
export interface ArtifactStore {
  read(sha256: string): Promise<ArtifactFiles>;
}

/** The part of an R2 bucket needed for reading. */
export type ReadableBucket = Pick<R2Bucket, "get">;

/** Timeout of a read, so that a new isolate can serve the bundled models if the bucket does not answer. */
const READ_DEADLINE_MS = 5_000;

/** @param bucket `undefined` if no bucket is bound: every read is then `not_found`. */
export function r2ArtifactStore(bucket: ReadableBucket | undefined): ArtifactStore {
  return {
    async read(sha256) {
      const [onnx, manifest] = await Promise.all([
        readObject(bucket, `models/${sha256}/model.onnx`, MAX_MODEL_BYTES),
        readObject(bucket, `models/${sha256}/manifest.json`, MAX_MANIFEST_BYTES),
      ]);
      try {
        return { onnx, manifest: JSON.parse(new TextDecoder().decode(manifest)) as unknown };
      } catch {
        throw new ArtifactError("manifest_invalid", `models/${sha256}/manifest.json: not JSON`);
      }
    },
  };
}

async function readObject(bucket: ReadableBucket | undefined, key: string, mostBytes: number): Promise<Uint8Array> {
  if (bucket === undefined) throw new ArtifactError("not_found", `${key}: no bucket is bound`);
  let bytes: ArrayBuffer | undefined;
  try {
    bytes = await withDeadline(
      readBytes(bucket, key, mostBytes),
      READ_DEADLINE_MS,
      () => new Error(`no answer in ${READ_DEADLINE_MS} ms`),
    );
  } catch (error) {
    if (error instanceof ArtifactError) throw error;
    throw new ArtifactError("store_unavailable", `${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (bytes === undefined) throw new ArtifactError("not_found", `${key}: no such object`);
  return new Uint8Array(bytes);
}

/** The body of an object that is too large is not read. */
async function readBytes(bucket: ReadableBucket, key: string, mostBytes: number): Promise<ArrayBuffer | undefined> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  try {
    requireSize(key, object.size, mostBytes);
  } catch (error) {
    await object.body.cancel();
    throw error;
  }
  return await object.arrayBuffer();
}
