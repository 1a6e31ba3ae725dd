// What a deployment says of that which learns from labels.
import { choiceVariable } from "./variable-schemas.ts";

export const learningVariables = {
  /**
   * `on`: probabilities are recalibrated from the symbol's own labels once that has been shown to gain; `shadow` only
   * judges it; `off` does neither.
   */
  RECALIBRATION: choiceVariable(["on", "shadow", "off"]),
};

/** How recalibrations are used. */
export type RecalibrationMode = "on" | "shadow" | "off";

export interface LearningSettings {
  readonly recalibration: RecalibrationMode;
}

/** All that learns, as a deployment without variables has it. */
export const DEFAULT_LEARNING: LearningSettings = { recalibration: "on" };
