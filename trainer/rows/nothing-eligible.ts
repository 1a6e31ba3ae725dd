// Why data gives no row to learn from, and what to do.
import type { Dataset } from "./dataset.ts";
import type { Tally } from "./tally.ts";
import { hoursOfData, hoursText } from "./hours-of-data.ts";

/** Of steps whose threshold would be at most ε; empty without any. */
export function flatText({ flat, steps }: Pick<Tally, "flat" | "steps">): string {
  if (flat === 0) return "";
  const share = ((100 * flat) / steps).toFixed(0);
  return (
    `; ${share} % of the steps have values enough and no threshold, because it would be at most ε: within a horizon the ` +
    "price hardly ever moves, its tick is too coarse for it; a longer horizon or --step, or --source mid, has one"
  );
}

/** One sentence for a dataset without eligible rows; it says how many hours are missing where the data is too short. */
export function nothingEligibleText(data: Pick<Dataset, "tally" | "config" | "symbols">): string {
  const { tally, config } = data;
  const { stepMs, maxAgeMs } = config.grid;
  const { minCount, measure } = config.label;
  const needs =
    `no eligible row in ${tally.steps} steps of ${stepMs / 1000} s: a row needs a price at most ${maxAgeMs / 1000} s old ` +
    `and ${minCount} volatilities before it in one segment`;
  const slotsOfDay = config.label.kind === "time-of-day-quantile" ? 1440 / config.label.slotMinutes : 1;
  const missing = (minCount * slotsOfDay * stepMs) / 3_600_000 - hoursOfData(data);
  const more = missing > 0 ? `; at least ${hoursText(Math.ceil(missing * 10) / 10)} more of data are needed` : "";
  const bars =
    stepMs >= 60_000 && measure === "parkinson"
      ? ""
      : "; bars of one minute need --step 60s and a label such as " +
        `--label '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}'`;
  return needs + more + flatText(tally) + bars;
}
