// Publishes the models that ship with the gateway to the local bucket at the first start, so that they are listed like
// any other published model.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "../src/model/manifest.ts";
import type { Artifact } from "../model-artifacts/artifact.ts";
import { withLocalBucket } from "../recordings/bucket/local-bucket.ts";
import { INDEX_KEY } from "../model-artifacts/model-index.ts";
import { publishArtifacts } from "../model-artifacts/publish.ts";
import { holdsModelIndex } from "./local-model-index.ts";

/** The artifacts in a folder: every `<family>.json` with its `<family>.onnx`; none for an empty folder. */
export async function readArtifacts(folder: string): Promise<Artifact[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return await Promise.all(
    names.map(async (name) => ({
      manifest: parseManifest(JSON.parse(await readFile(join(folder, name), "utf8"))),
      onnx: new Uint8Array(await readFile(join(folder, name.replace(/\.json$/, ".onnx")))),
    })),
  );
}

/**
 * Publishes the folder's artifacts to the bucket of `wrangler dev --persist-to persistDir`, unless it has an index:
 * then its owner has published to it. The index is written last, so a publication that was interrupted is completed
 * here.
 *
 * @returns how many were published.
 */
export async function publishDefaultModels(persistDir: string, folder: string): Promise<number> {
  if (holdsModelIndex(persistDir)) return 0;
  const artifacts = await readArtifacts(folder);
  if (artifacts.length === 0) return 0;
  return await withLocalBucket(persistDir, async (bucket) => {
    const index = await bucket.get(INDEX_KEY);
    await index?.text();
    if (index !== null) return 0;
    return (await publishArtifacts(bucket, artifacts)).length;
  });
}
