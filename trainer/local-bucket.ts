// The bucket of `wrangler dev`, from Node.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";
import { type IndexEntry, type ModelBucket, publishArtifacts } from "./publish.ts";

/** The bucket of `wrangler.toml` and nothing else: with the gateway's own file, wrangler warns about its objects. */
const BUCKET_ONLY = {
  name: "volgate-bucket",
  compatibility_date: "2026-10-01",
  r2_buckets: [{ binding: "BUCKET", bucket_name: "volgate" }],
};

/**
 * Publishes to the binding `BUCKET` as `wrangler dev` sees it.
 * @param persistDir as `wrangler dev --persist-to` takes it; the state of this wrangler lies in its folder `v3`.
 */
export async function publishLocally(persistDir: string, artifacts: readonly Artifact[]): Promise<IndexEntry[]> {
  // Only here: importing wrangler takes a second, which every other run would pay for nothing.
  const { getPlatformProxy } = await import("wrangler");
  const folder = await mkdtemp(join(tmpdir(), "volgate-bucket-"));
  try {
    const configPath = join(folder, "wrangler.json");
    await writeFile(configPath, JSON.stringify(BUCKET_ONLY));
    const persist = { path: join(persistDir, "v3") };
    const proxy = await getPlatformProxy<{ BUCKET: ModelBucket }>({ configPath, persist });
    return await publishArtifacts(proxy.env.BUCKET, artifacts).finally(() => proxy.dispose());
  } finally {
    await rm(folder, { recursive: true });
  }
}
