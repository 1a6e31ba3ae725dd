// What is wrong with the labels of a dataset, and what to do about it.
import { LEAST_TIME_OF_DAY_STEP_MS } from "../../src/features/label-on-grid.ts";
import { timeOfDay, type QuarterRate } from "./base-rate-by-time.ts";
import type { Dataset } from "./dataset.ts";
import { flatText } from "./nothing-eligible.ts";

/** From these shares on it is said. */
const MANY_VOID = 0.2;
const MANY_FLAT = 0.2;
/** The base rate of quarter hours differs by at least half of itself, and by more than all but 1 % of turned days. */
const LEAST_SPREAD = 0.5;
const MOST_P = 0.01;

/** Sentences without a full stop; none for data without these faults. */
export function dataWarnings(data: Dataset, seed: number): string[] {
  return [...voidWarning(data), ...flatWarning(data), ...timeOfDayWarning(data, seed)];
}

function voidWarning({ tally, config, labelStepMs }: Dataset): string[] {
  if (tally.void < MANY_VOID * tally.eligible || tally.eligible === 0) return [];
  const share = ((100 * tally.void) / tally.eligible).toFixed(0);
  const advice =
    labelStepMs === undefined
      ? "no step up to an hour would do: the feed is too sparse"
      : labelStepMs > config.grid.stepMs
        ? `--step ${labelStepMs / 1000}s would have labels for nearly all`
        : "the holes come in runs: a larger --step, or a shorter horizon";
  return [
    `${share} % of the eligible rows are void, fewer than 95 % of their horizon's returns exist: what is learned holds ` +
      `for the dense times alone; ${advice}`,
  ];
}

function flatWarning({ tally }: Dataset): string[] {
  return tally.flat < MANY_FLAT * tally.steps || tally.flat === 0 ? [] : [flatText(tally).slice("; ".length)];
}

function timeOfDayWarning(data: Dataset, seed: number): string[] {
  const found = timeOfDay(data, seed);
  if (found === undefined || found.spread < LEAST_SPREAD || found.pValue > MOST_P) return [];
  const { highest, lowest, spread } = found;
  const { kind, measure, horizonSteps } = data.config.label;
  const stepMs = data.config.grid.stepMs;
  const advice =
    kind === "time-of-day-quantile"
      ? "although τ is of the same time of day: a shorter slot, or the days of a clock change left out"
      : stepMs < LEAST_TIME_OF_DAY_STEP_MS
        ? "a threshold of the same time of day, kind time-of-day-quantile, needs a --step of 1s or more"
        : `a threshold of the same time of day: --label '${JSON.stringify({ kind: "time-of-day-quantile", measure, horizonSteps })}'`;
  return [
    `the base rate depends on the time of day, from ${rateText(lowest)} to ${rateText(highest)}; quarter hours differ by ` +
      `${(100 * spread).toFixed(0)} % of it beyond what runs of spikes within days explain (p = ` +
      `${found.pValue.toFixed(2)}), so that a model is praised for knowing the clock; ${advice}`,
  ];
}

function rateText({ startMs, baseRate }: QuarterRate): string {
  return `${baseRate.toFixed(2)} at ${new Date(startMs).toISOString().slice(11, 16)} UTC`;
}
