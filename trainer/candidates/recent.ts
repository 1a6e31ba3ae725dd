// Volatility is what it was lately: the mean of the last few horizons against the threshold.
import { chosenColumn } from "./chosen-column.ts";

const HORIZONS = [1, 2, 3, 5] as const;

export const recent = chosenColumn(
  "recent",
  ["rv", "parkinson"].flatMap((measure) => HORIZONS.map((h) => `${measure}_h${h}_over_tau`)),
);
