// Puts the models that ship with the gateway into the local bucket at the first start, so that they are listed and can
// be told apart from published ones like any other.
import { access, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseManifest } from "../src/model/manifest.ts";
import type { Artifact } from "../trainer/artifact.ts";
import { type ModelBucket, publishArtifacts } from "../trainer/publish.ts";

/** The bucket of `wrangler.toml`. */
const BUCKET_ONLY = {
  name: "volgate-bucket",
  compatibility_date: "2026-10-01",
  r2_buckets: [{ binding: "BUCKET", bucket_name: "volgate" }],
};

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
  const persistPath = join(persistDir, "v3");
  const known = await access(join(persistPath, "r2")).then(
    () => true,
    () => false,
  );
  const artifacts = known ? [] : await readArtifacts(folder);
  if (artifacts.length > 0) await publishToLocalBucket(persistPath, artifacts);
  return artifacts.length;
}

/** Through a configuration with nothing but the bucket: with the gateway's own, wrangler warns about its objects. */
async function publishToLocalBucket(persistPath: string, artifacts: readonly Artifact[]): Promise<void> {
  // Only here: importing wrangler takes a second, which every later start would pay for nothing.
  const { getPlatformProxy } = await import("wrangler");
  const folder = await mkdtemp(join(tmpdir(), "volgate-bucket-"));
  try {
    const configPath = join(folder, "wrangler.json");
    await writeFile(configPath, JSON.stringify(BUCKET_ONLY));
    const proxy = await getPlatformProxy<{ BUCKET: ModelBucket }>({ configPath, persist: { path: persistPath } });
    await publishArtifacts(proxy.env.BUCKET, artifacts).finally(() => proxy.dispose());
  } finally {
    await rm(folder, { recursive: true });
  }
}
