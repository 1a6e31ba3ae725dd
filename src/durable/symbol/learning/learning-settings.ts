// What a deployment sets of what learns from labels.

/**
 * `shadow` computes what a threshold that follows would be, and answers by the stated one; `off` does not compute it.
 */
export const THRESHOLD_MODES = ["shadow", "on", "off"] as const;
export type ThresholdMode = (typeof THRESHOLD_MODES)[number];

export interface LearningSettings {
  readonly threshold: ThresholdMode;
}
