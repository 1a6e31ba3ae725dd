// Whether this gateway could serve an artifact: fetched, verified, loaded, tried, and released again.
import { loadArtifact, type Scorer } from "../../model/artifact.ts";
import { r2ArtifactStore } from "../../model/artifact-store.ts";
import { bundledArtifact } from "../../model/bundled.ts";
import { type Alias, requireFit } from "../../model/model-host.ts";
import { schemaHashes } from "../../model/schema-hashes.ts";
import { type Env, settingsOf } from "../../settings.ts";

/** What was learned of an artifact that this gateway can serve. */
export type TriedArtifact = Pick<Scorer, "manifest" | "sealed">;

/** Tries an artifact for `alias`. Throws `ArtifactError` with why this gateway cannot serve it. */
export async function tryArtifact(env: Env, alias: Alias, sha256: string): Promise<TriedArtifact> {
  const files = bundledArtifact(sha256) ?? (await r2ArtifactStore(env.BUCKET).read(sha256));
  const hashes = new Set(Object.values(await schemaHashes(settingsOf(env).engine.grid)));
  const scorer = await loadArtifact(files, sha256, hashes);
  await scorer.release();
  requireFit(alias, scorer.manifest);
  return { manifest: scorer.manifest, sealed: scorer.sealed };
}
