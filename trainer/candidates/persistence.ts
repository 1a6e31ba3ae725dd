// Volatility stays as it is: its EWMA against the threshold. Half-life and measure are chosen on the training rows, so
// that the baseline is as strong as one column can be on the market and the grid at hand.
import { MEASURE_HALF_LIVES } from "../../src/features/default-2.ts";
import { chosenColumn } from "./chosen-column.ts";

/** From one horizon on: a shorter memory is what `recent` is for. */
const HALF_LIVES = MEASURE_HALF_LIVES.filter(([, horizons]) => horizons >= 1);

export const persistence = chosenColumn(
  "persistence",
  ["rv", "parkinson"].flatMap((measure) => HALF_LIVES.map(([name]) => `ewma_${measure}_${name}_over_tau`)),
);
