// The bucket of `wrangler dev`, from Node.
import { join } from "node:path";
import { getPlatformProxy } from "wrangler";
import type { Artifact } from "./artifact.ts";
import { type IndexEntry, type ModelBucket, publishArtifacts } from "./publish.ts";

/**
 * Publishes to binding `BUCKET` of `wrangler.toml`.
 * @param persistDir as `wrangler dev --persist-to` takes it; the state of this wrangler lies in its folder `v3`.
 */
export async function publishLocally(persistDir: string, artifacts: readonly Artifact[]): Promise<IndexEntry[]> {
  const proxy = await getPlatformProxy<{ BUCKET: ModelBucket }>({
    configPath: join(import.meta.dirname, "..", "wrangler.toml"),
    persist: { path: join(persistDir, "v3") },
  });
  try {
    return await publishArtifacts(proxy.env.BUCKET, artifacts);
  } finally {
    await proxy.dispose();
  }
}
