// What a deployment says of that which learns from labels.
import { RECALIBRATION_MODES, type RecalibrationMode } from "../recalibration/recalibration-mode.ts";
import { choiceVariable } from "./variable-schemas.ts";

/** How a threshold that follows is used. */
export const THRESHOLD_MODES = ["shadow", "on", "off"] as const;
export type ThresholdMode = (typeof THRESHOLD_MODES)[number];

export const learningVariables = {
  RECALIBRATION: choiceVariable(RECALIBRATION_MODES),
  /**
   * `on`: the threshold of an alert follows the symbol's own labels; `shadow` computes it and answers by the stated
   * one; `off` does neither.
   */
  THRESHOLD_FOLLOWS: choiceVariable(THRESHOLD_MODES),
};

export interface LearningSettings {
  readonly recalibration: RecalibrationMode;
  readonly threshold: ThresholdMode;
}

/** All that learns, as a deployment without variables has it. */
export const DEFAULT_LEARNING: LearningSettings = { recalibration: "on", threshold: "shadow" };
