// Nearly only the threshold: a quarter hour's volatility against it. Shows how much of the lift comes from τ, which is
// in both the features and the label.
import { singleColumn } from "./single-column.ts";

export const thresholdOnly = singleColumn("threshold-only", "rv_900_over_tau");
