// Whether an artifact may hold an alias: it must load here, and whoever answers clients must have passed its gate, or
// be forced.
import type { Env } from "../settings.ts";
import { DEFAULT_SETTINGS, type Experiment, type ExperimentSettings } from "../durable/registry/experiment.ts";
import type { ForcedPromotion } from "../durable/registry/forced-promotion.ts";
import { gateReasons, splitReasons } from "../jobs/experiment/promotion-gate.ts";
import { type TriedArtifact, tryArtifact, trySet } from "../jobs/experiment/try-artifact.ts";
import { ArtifactError } from "../model/artifact-error.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Alias, Aliases } from "../model/model-host.ts";
import type { SetChanges } from "../model/model-set.ts";
import type { ForcedPromotionAnswer } from "./aliases-schema.ts";
import type { Immutable } from "./contract.ts";
import type { Force } from "./experiment-schema.ts";
import { Problem } from "./problem.ts";
import { logWarning } from "../log.ts";

/**
 * An artifact that loads. Throws `Problem` 409 `artifact_…`, or 503 when the bucket does not answer.
 */
export async function loadable(env: Env, alias: Alias, sha256: string): Promise<TriedArtifact> {
  const artifact = await orProblem(() => tryArtifact(env, alias, sha256));
  if (!artifact.sealed) logWarning("artifact_not_sealed", { alias, sha256 });
  return artifact;
}

/** As `trySet`, with the problems of `loadable`. */
export async function loadableSet(env: Env, champion: Manifest, aliases: Aliases): Promise<SetChanges> {
  return await orProblem(() => trySet(env, champion, aliases));
}

async function orProblem<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    const headers: Record<string, string> = error.code === "store_unavailable" ? { "Retry-After": "5" } : {};
    throw new Problem(`artifact_${error.code}`, error.message, { headers });
  }
}

/**
 * `undefined` where the gate has nothing against the model, or it needs none. Throws `Problem` 409 `gate_refused`.
 * @param reasons what is held against it.
 */
export function passGate(
  manifest: Manifest,
  force: Force | undefined,
  atMs: number,
  reasons: readonly string[] = gateReasons(manifest),
): ForcedPromotion | undefined {
  if (reasons.length === 0) return undefined;
  if (force !== undefined) return { sha256: manifest.onnxSha256, atMs, ...force, gateReasons: reasons };
  throw gateRefused(manifest);
}

/** What settings would make of an experiment. */
export interface SettingsChange {
  /** The experiment of this challenger that runs; `null` for none. */
  readonly before: Experiment | null;
  readonly settings: Partial<ExperimentSettings>;
}

/** Whether the challenger would answer more clients than before: under `split`, unless it has that share already. */
export function answersMore({ before, settings }: SettingsChange): boolean {
  const { mode, share } = { ...(before ?? DEFAULT_SETTINGS), ...settings };
  return mode === "split" && !(before?.mode === "split" && share <= before.share);
}

/**
 * The same for a challenger that would answer more clients than before. One that only had too few episodes may, and in
 * `shadow` any may be compared.
 */
export function passSplit(
  manifest: Manifest,
  change: SettingsChange,
  force: Force | undefined,
  atMs: number,
): ForcedPromotion | undefined {
  return answersMore(change) ? passGate(manifest, force, atMs, splitReasons(manifest)) : undefined;
}

/** What is answered when the gate refuses. */
export function gateRefused(manifest: Manifest): Problem {
  const reasons = gateReasons(manifest);
  const why = `a model refused for ${reasons.join(", ")}`;
  const got = manifest.gate === null ? "a model without a verdict" : why;
  const detail = `gate: got ${got}, expected one that passed, or force with by and reason`;
  return new Problem("gate_refused", detail, { extra: { reasons } });
}

/** One line for the log of each promotion by force. */
export function logForced(alias: Alias, forced: ForcedPromotion): void {
  logWarning("forced_promotion", { alias, ...forcedShape(forced) });
}

/** A promotion by force as answers and logs show it. */
export function forcedShape({
  sha256,
  atMs,
  by,
  reason,
  gateReasons,
}: ForcedPromotion): Immutable<ForcedPromotionAnswer> {
  return { sha256, at: new Date(atMs).toISOString(), by, reason, gate_reasons: gateReasons };
}
