// The heterogeneous autoregressive model of volatility (Corsi 2009) as a logistic regression: volatility over a short,
// a middle and a long window, and nothing else. The reference that a model with many features has to beat.
import { logisticOn } from "./logistic.ts";

/** Windows of 10, 60 and 300 steps, by returns and by ranges, each over the threshold. */
export const HAR_COLUMNS: ReadonlySet<string> = new Set([
  "rv_10_over_tau",
  "rv_60_over_tau",
  "rv_300_over_tau",
  "parkinson_10_over_tau",
  "parkinson_60_over_tau",
  "parkinson_300_over_tau",
]);

export const har = logisticOn("har", HAR_COLUMNS);
