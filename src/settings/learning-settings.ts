// What a deployment says of that which learns from labels.
import { choiceVariable } from "./variable-schemas.ts";

/** How recalibrations are used. */
export const RECALIBRATION_MODES = ["on", "shadow", "off"] as const;
export type RecalibrationMode = (typeof RECALIBRATION_MODES)[number];

/** How a threshold that follows is used. */
export const THRESHOLD_MODES = ["shadow", "on", "off"] as const;
export type ThresholdMode = (typeof THRESHOLD_MODES)[number];

export const learningVariables = {
  /**
   * `on`: probabilities are recalibrated from the symbol's own labels once that has been shown to gain; `shadow` only
   * judges it; `off` does neither.
   */
  RECALIBRATION: choiceVariable(RECALIBRATION_MODES),
  /**
   * `on`: the threshold of an alert follows the symbol's own labels; `shadow` computes it and answers by the stated one;
   * `off` does neither.
   */
  THRESHOLD_FOLLOWS: choiceVariable(THRESHOLD_MODES),
};

export interface LearningSettings {
  readonly recalibration: RecalibrationMode;
  readonly threshold: ThresholdMode;
}

/** All that learns, as a deployment without variables has it. */
export const DEFAULT_LEARNING: LearningSettings = { recalibration: "on", threshold: "shadow" };
