// Volatility stays as it is: the EWMA of the last minute against the threshold. The baseline that is hard to beat.
import { singleColumn } from "./single-column.ts";

export const persistence = singleColumn("persistence", "ewma_60_over_tau");
