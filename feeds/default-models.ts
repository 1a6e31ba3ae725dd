// Puts the models that ship with the gateway into the local bucket at the first start, so that they are listed and can
// be told apart from published ones like any other.
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "../src/model/manifest.ts";
import type { Artifact } from "../trainer/artifact.ts";
import { publishLocally } from "../trainer/local-bucket.ts";

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
 * Publishes the folder's artifacts to the bucket of `wrangler dev --persist-to persistDir`, unless there has been a
 * bucket before: then it holds what its owner wants.
 *
 * @returns how many were published.
 */
export async function publishDefaultModels(persistDir: string, folder: string): Promise<number> {
  const known = await access(join(persistDir, "v3", "r2")).then(
    () => true,
    () => false,
  );
  const artifacts = known ? [] : await readArtifacts(folder);
  if (artifacts.length > 0) await publishLocally(persistDir, artifacts);
  return artifacts.length;
}
