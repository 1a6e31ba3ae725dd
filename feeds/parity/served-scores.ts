// The trainer's side of what is served: its own scores, recalibrated from the labels of its own pass.
import type { ClosedSteps } from "../../src/features/closed-steps.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import type { PriorsByModel } from "../../src/recalibration/pooled-prior.ts";
import { recalibrateSteps } from "../../src/recalibration/recalibrate-steps.ts";
import { Recalibrations } from "../../src/recalibration/recalibrations.ts";

/** An artifact and its own probabilities over all closed steps. */
interface ScoredArtifact {
  readonly artifact: Artifact;
  readonly probabilities: Float32Array;
}

/**
 * What a gateway serves that recalibrates what is proven: [count] per artifact, by SHA-256. All of them are used from
 * the first step on, under label spec 0.
 * @param priors what the gateway's recalibrations began with, by SHA-256.
 */
export function servedScores(
  closed: ClosedSteps,
  stepMs: number,
  scored: readonly ScoredArtifact[],
  priors: PriorsByModel,
): ReadonlyMap<string, Float32Array> {
  const all = Recalibrations.load(stepMs, new Map());
  all.use(
    scored.map(({ artifact: { manifest } }) => {
      const { onnxSha256: sha256, label } = manifest;
      return { sha256, labelText: labelSpecText(label), horizonSteps: label.horizonSteps, spec: 0 };
    }),
    priors,
  );
  const models = scored.map(({ artifact, probabilities }) => {
    return { sha256: artifact.manifest.onnxSha256, raw: probabilities };
  });
  const served = recalibrateSteps(all, closed, models);
  return new Map(models.map(({ sha256 }, i) => [sha256, served[i]!]));
}
