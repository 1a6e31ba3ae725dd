// How a deployment uses what recalibrates.

/**
 * `on`: probabilities are recalibrated from the symbol's own labels once that has been shown to gain; `shadow` only
 * judges it; `off` does neither.
 */
export const RECALIBRATION_MODES = ["on", "shadow", "off"] as const;
export type RecalibrationMode = (typeof RECALIBRATION_MODES)[number];
