// Artifacts into the bucket of `wrangler dev`.
import { withLocalBucket } from "../recordings/bucket/local-bucket.ts";
import type { Artifact } from "./artifact.ts";
import type { IndexEntry } from "./model-index.ts";
import { publishArtifacts } from "./publish.ts";

/** @param persistDir as `wrangler dev --persist-to` takes it. Throws as `withLocalBucket` and `publishArtifacts` do. */
export async function publishLocally(persistDir: string, artifacts: readonly Artifact[]): Promise<IndexEntry[]> {
  return await withLocalBucket(persistDir, (bucket) => publishArtifacts(bucket, artifacts));
}
