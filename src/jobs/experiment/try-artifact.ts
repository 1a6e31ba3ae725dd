// Whether this gateway could serve an artifact: fetched, verified, loaded, tried, its own scorer compared with
// onnxruntime, and released again.
import { scorerChecks } from "../../counting/isolate-counters.ts";
import { logWarning } from "../../log.ts";
import { ArtifactError } from "../../model/artifact-error.ts";
import { type LoadedScorer, loadArtifact, type Scorer } from "../../model/artifact.ts";
import { r2ArtifactStore } from "../../model/artifact-store.ts";
import { bundledArtifact } from "../../model/bundled.ts";
import type { Manifest, SetAlias } from "../../model/manifest.ts";
import { type Alias, type Aliases, requireFit } from "../../model/model-host.ts";
import { type SetChanges, setChanges, setOf } from "../../model/model-set.ts";
import { bundledOf } from "../../settings/bundled-of.ts";
import { bucketOf, type Env, modelGridOf } from "../../settings.ts";

/** What was learned of an artifact that this gateway can serve. */
export type TriedArtifact = Pick<Scorer, "manifest" | "sealed">;

/** Tries an artifact for `alias`. Throws `ArtifactError` with why this gateway cannot serve it. */
export async function tryArtifact(env: Env, alias: Alias, sha256: string): Promise<TriedArtifact> {
  const files = bundledArtifact(sha256) ?? (await r2ArtifactStore(bucketOf(env)).read(sha256));
  const scorer = await loadArtifact(files, sha256, modelGridOf(env));
  try {
    if (scorer.kind === "own") await requireRuntimesBits(scorer, files.onnx);
  } finally {
    await scorer.release();
  }
  requireFit(alias, scorer.manifest);
  return { manifest: scorer.manifest, sealed: scorer.sealed };
}

/**
 * Where onnxruntime does not start, or has no memory for the check, the own scorer is trusted: it is what serves then.
 * A file that onnxruntime refuses is refused.
 */
async function requireRuntimesBits(scorer: LoadedScorer, onnx: Uint8Array): Promise<void> {
  const { name, onnxSha256: sha256 } = scorer.manifest;
  let isSame: boolean;
  try {
    isSame = await scorer.hasRuntimesBits(onnx);
  } catch (error) {
    if (error instanceof ArtifactError && error.code !== "too_large") throw error;
    scorerChecks.inc({ result: "failed" });
    logWarning("scorer_check_failed", { name, sha256, error: String(error) });
    return;
  }
  scorerChecks.inc({ result: isSame ? "equal" : "different" });
  if (isSame) return;
  throw new ArtifactError("scorer_differs", "the gateway's own scorer does not give onnxruntime's bits for this graph");
}

/**
 * The aliases that change with a champion: the baselines and the scorer of rows of its own training, each of which this
 * gateway can serve. Throws `ArtifactError` naming the alias.
 */
export async function trySet(env: Env, champion: Manifest, aliases: Aliases): Promise<SetChanges> {
  const changes = setChanges(aliases, setOf(champion), bundledOf(env));
  for (const [alias, sha256] of Object.entries(changes) as [SetAlias, string | null][]) {
    if (sha256 === null || (alias === "reference" && sha256 === changes.persistence)) continue;
    try {
      await tryArtifact(env, alias, sha256);
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      throw new ArtifactError(error.code, `${alias}, which was trained with this champion: ${error.message}`);
    }
  }
  return changes;
}
