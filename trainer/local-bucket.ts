// The bucket of `wrangler dev`, from Node.
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";
import { type IndexEntry, type ModelBucket, publishArtifacts } from "./publish.ts";

/** The bucket of `wrangler.toml` and nothing else: with the gateway's own file, wrangler warns about its objects. */
const BUCKET_ONLY = join(import.meta.dirname, "bucket.wrangler.json");

/**
 * Hands out the binding `BUCKET` as `wrangler dev` sees it, for as long as `use` runs. Meanwhile a SIGINT, SIGTERM or
 * SIGHUP ends the process with 128 and its number, unless something else ends it first: miniflare listens to them.
 *
 * @param persistDir as `wrangler dev --persist-to` takes it; the state of this wrangler lies in its folder `v3`.
 */
export async function withLocalBucket<T>(persistDir: string, use: (bucket: ModelBucket) => Promise<T>): Promise<T> {
  // Only here: importing wrangler takes a second, which every other run would pay for nothing.
  const { getPlatformProxy } = await import("wrangler");
  const persist = { path: join(persistDir, "v3") };
  const proxy = await getPlatformProxy<{ BUCKET: ModelBucket }>({ configPath: BUCKET_ONLY, persist });
  return await use(proxy.env.BUCKET).finally(() => proxy.dispose());
}

/** Publishes to that bucket. */
export async function publishLocally(persistDir: string, artifacts: readonly Artifact[]): Promise<IndexEntry[]> {
  return await withLocalBucket(persistDir, (bucket) => publishArtifacts(bucket, artifacts));
}
