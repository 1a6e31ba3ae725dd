// What a label spec must be on a grid: its defaults there, and whether it can ever have a threshold.
import { faultText } from "../schemas/check.ts";
import { CUSTOM } from "./custom.ts";
import type { GridConfig } from "./event-grid.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "./label-spec.ts";
import { ownHorizonFault } from "./own-column-fault.ts";
import { epsilonOf } from "./schema.ts";

/** Observed share of the time from which on hardly a horizon has fewer than 95 % of its returns. */
export const LABEL_OBSERVED_SHARE = 0.975;

const DAY_MS = 86_400_000;
const MOST_WINDOW_STEPS = 100_000;
/** The longest default window: on grids coarser than 12 minutes it holds fewer than 3,600 steps. */
const DEFAULT_WINDOW_MS = 30 * DAY_MS;
const LONGEST_WARM_UP_MS = 366 * DAY_MS;

/** Defaults of a time of day: a quarter hour, two weeks of days, and days enough for 60 values of a slot. */
const SLOT_MINUTES = 15;
const SLOT_DAYS = 14;
const SLOT_VALUES = 60;
/** The shortest step, ms, whose longest window holds a day: a shorter window does not know the time of day. */
export const LEAST_TIME_OF_DAY_STEP_MS = DAY_MS / MOST_WINDOW_STEPS;

/**
 * The label spec of a grid, of its horizon where it has one, where `given` states nothing else; fields of `given` that
 * later checks will refuse are taken as not given. The minimum count is a quarter of the default window, and of the
 * given window where that has fewer values.
 *
 * Example: steps of 1 s: 3,600 and 900; with a window of 100: 25; of 1 h: 720 and 180. Slots of 15 minutes on steps of
 * 60 s: 20,160 and 105.
 */
export function defaultLabelOn(grid: GridConfig, given: Readonly<Record<string, unknown>> = {}): LabelSpec {
  const { stepMs, source, horizonMs } = grid;
  const horizonSteps = horizonMs === undefined ? DEFAULT_LABEL_SPEC.horizonSteps : horizonMs / stepMs;
  if (given["kind"] !== "time-of-day-quantile") {
    const windowSteps = Math.min(DEFAULT_LABEL_SPEC.windowSteps, Math.floor(DEFAULT_WINDOW_MS / stepMs));
    const minCount = quarterOf(windowSteps);
    const givenSteps = windowStepsOr(given["windowSteps"], windowSteps);
    return {
      ...DEFAULT_LABEL_SPEC,
      source,
      horizonSteps,
      windowSteps,
      minCount: givenSteps < minCount ? quarterOf(givenSteps) : minCount,
    };
  }
  const slotMinutes = slotMinutesOr(given["slotMinutes"], Math.max(SLOT_MINUTES, leastSlotMinutes(stepMs)));
  const shareOfDay = (slotMinutes * 60_000) / DAY_MS;
  const days = Math.max(SLOT_DAYS, Math.ceil((SLOT_VALUES * stepMs) / (shareOfDay * DAY_MS)));
  const windowSteps = windowStepsOr(
    given["windowSteps"],
    Math.min(MOST_WINDOW_STEPS, Math.ceil((days * DAY_MS) / stepMs)),
  );
  const minCount = Math.max(1, Math.floor((windowSteps * shareOfDay) / 2));
  const own = { source, horizonSteps, slotMinutes, windowSteps, minCount };
  return { ...DEFAULT_LABEL_SPEC, kind: "time-of-day-quantile", ...own };
}

/**
 * Why a spec can never have a threshold on a grid, or own columns do not fit its horizon, as text that begins with
 * `name` and the field; `undefined` where neither is so. A market that trades for a part of the day only is not told
 * from one that never closes.
 */
export function labelGridFault(spec: LabelSpec, grid: GridConfig, name: string): string | undefined {
  const finding = findingOf(spec, grid);
  if (finding === undefined) return undefined;
  const [field, got, expected] = finding;
  return faultText({ field: `${name}.${field}`, got: String(got), expected });
}

type GridFinding = readonly [field: string, got: string | number, expected: string];

function findingOf(spec: LabelSpec, { stepMs, source, horizonMs }: GridConfig): GridFinding | undefined {
  const { horizonSteps, minCount } = spec;
  const atStep = `at a step of ${stepMs / 1000} s`;
  if (spec.source !== source) return ["source", spec.source, `${source}, the price source of the grid`];
  if (horizonMs !== undefined && horizonSteps * stepMs !== horizonMs) {
    return ["horizonSteps", horizonSteps, `${horizonMs / stepMs}, the ${horizonMs / 1000} s of its grid`];
  }
  const ofOwn = ownHorizonFault(CUSTOM, horizonSteps);
  if (ofOwn !== undefined) return ["horizonSteps", horizonSteps, ofOwn];
  if (spec.kind === "absolute") {
    const leastBps = epsilonOf(horizonSteps) * 10_000;
    if (spec.levelBps > leastBps) return undefined;
    return ["levelBps", spec.levelBps, `more than ${leastBps.toPrecision(3)}, ε of a horizon of ${horizonSteps} steps`];
  }
  if (spec.kind === "ratio" && spec.ratio === 0) return ["ratio", 0, "more than 0: τ is this times the median"];
  if (spec.kind === "time-of-day-quantile") return timeOfDayFinding(spec, stepMs, atStep);
  const most = Math.floor(LONGEST_WARM_UP_MS / stepMs);
  return minCount > most ? ["minCount", minCount, `at most ${most}, a year ${atStep}`] : undefined;
}

function timeOfDayFinding(
  { slotMinutes, windowSteps, minCount }: Extract<LabelSpec, { kind: "time-of-day-quantile" }>,
  stepMs: number,
  atStep: string,
): GridFinding | undefined {
  const slotMs = slotMinutes * 60_000;
  if (slotMs < stepMs) return ["slotMinutes", slotMinutes, `at least ${leastSlotMinutes(stepMs)} ${atStep}`];
  const least = Math.ceil(DAY_MS / stepMs);
  if (windowSteps < least) {
    const never =
      least > MOST_WINDOW_STEPS
        ? `; a window has at most ${MOST_WINDOW_STEPS}, so this kind needs a step of at least ${LEAST_TIME_OF_DAY_STEP_MS} ms`
        : "";
    return ["windowSteps", windowSteps, `at least ${least}, a day ${atStep}${never}`];
  }
  const ofSlot = Math.floor((windowSteps * slotMs) / DAY_MS);
  if (minCount <= ofSlot) return undefined;
  const expected = `at most ${ofSlot}, what a window of ${windowSteps} steps has of a slot of ${slotMinutes} minutes`;
  return ["minCount", minCount, expected];
}

/** The shortest slot that holds a step: a divisor of the day's minutes. */
function leastSlotMinutes(stepMs: number): number {
  let minutes = Math.ceil(stepMs / 60_000);
  while (1440 % minutes !== 0) minutes += 1;
  return minutes;
}

function quarterOf(windowSteps: number): number {
  return Math.ceil(windowSteps / 4);
}

function windowStepsOr(value: unknown, otherwise: number): number {
  return isWholeNumber(value) && value <= MOST_WINDOW_STEPS ? value : otherwise;
}

function slotMinutesOr(value: unknown, otherwise: number): number {
  return isWholeNumber(value) && 1440 % value === 0 ? value : otherwise;
}

function isWholeNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
