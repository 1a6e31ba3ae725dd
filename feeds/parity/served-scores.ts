// The trainer's side of what is served: its own scores, recalibrated from the labels of its own pass.
import { type ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import type { PriorsByModel } from "../../src/recalibration/pooled-prior.ts";
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
  const ones = scored.map(({ artifact, probabilities }) => {
    const { onnxSha256 } = artifact.manifest;
    const served = new Float32Array(closed.count).fill(NaN);
    return { onnxSha256, one: all.of(onnxSha256)!, probabilities, served };
  });
  for (let k = 0; k < closed.count; k++) {
    const index = closed.index[k]!;
    const segmentStart = (closed.flags[k]! & FLAG.segmentStart) !== 0;
    all.advance({
      index,
      segmentStart,
      labels: closed.label.subarray(k * closed.specCount, (k + 1) * closed.specCount),
    });
    for (const { one, probabilities, served } of ones) {
      if (!closed.ready(k, 0)) continue;
      const answer = one.answer(probabilities[k]!, true);
      served[k] = answer.served;
      if (closed.isEligible(k)) one.park(index, probabilities[k]!, answer);
    }
  }
  return new Map(ones.map(({ onnxSha256, served }) => [onnxSha256, served]));
}
