// Which blocks are no evidence for a model, because it may know their labels.
import type { Manifest } from "../../model/manifest.ts";
import { BLOCK_STEPS } from "../step-ring.ts";

/**
 * The last block with a step whose label the model may have been trained on.
 *
 * Example: trained up to step 1,000 of 1 s under a horizon of 60: block 1, whose steps are 900 to 1,799.
 */
export function trainedThrough({ training, label }: Pick<Manifest, "training" | "label">, stepMs: number): number {
  return Math.floor(training.toMs / stepMs / BLOCK_STEPS + label.horizonSteps / BLOCK_STEPS);
}
