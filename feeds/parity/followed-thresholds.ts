// The trainer's side of a threshold that follows: the same steps, one after the other, from the first.
import { type ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { canFollow, ModelThreshold } from "../../src/threshold/model-threshold.ts";

/** At each step that has a τ and is ready, else `NaN`; `undefined` for a model whose threshold cannot follow. */
export function followedThresholds(
  closed: ClosedSteps,
  { onnxSha256: sha256, threshold, goal, scoreEdges, label }: Manifest,
  probabilities: Float32Array,
): Float64Array | undefined {
  const stated = { sha256, threshold, goal, edges: scoreEdges ?? [], horizonSteps: label.horizonSteps };
  if (!canFollow(stated)) return undefined;
  // What was reached is not compared, so the length of a step does not matter.
  const model = new ModelThreshold(stated, 1);
  const thresholds = new Float64Array(closed.count).fill(NaN);
  for (let k = 0; k < closed.count; k++) {
    const now = model.update({
      index: closed.index[k]!,
      segmentStart: (closed.flags[k]! & FLAG.segmentStart) !== 0,
      counts: closed.isEligible(k),
      label: closed.label[k]!,
      probability: probabilities[k]!,
      stated: threshold,
      isFollowed: false,
    });
    if (closed.ready(k, 0)) thresholds[k] = now;
  }
  return thresholds;
}
