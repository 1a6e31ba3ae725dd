// What a deployment says of that which learns from labels.
import { choiceVariable } from "./variable-schemas.ts";

export const THRESHOLD_MODES = ["shadow", "on", "off"] as const;
export type ThresholdMode = (typeof THRESHOLD_MODES)[number];

export const learningVariables = {
  /**
   * `on`: probabilities are recalibrated from the symbol's own labels once that has been shown to gain; `shadow` only
   * judges it; `off` does neither.
   */
  RECALIBRATION: choiceVariable(["on", "shadow", "off"]),
  /**
   * `on`: the threshold of an alert follows the symbol's own labels; `shadow` computes it and answers by the stated one;
   * `off` does neither.
   */
  THRESHOLD_FOLLOWS: choiceVariable(THRESHOLD_MODES),
};

/** How recalibrations are used. */
export type RecalibrationMode = "on" | "shadow" | "off";

export interface LearningSettings {
  readonly recalibration: RecalibrationMode;
  readonly threshold: ThresholdMode;
}

/** All that learns, as a deployment without variables has it. */
export const DEFAULT_LEARNING: LearningSettings = { recalibration: "on", threshold: "shadow" };
