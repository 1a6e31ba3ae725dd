// Leak check 4: the whole pipeline on labels that belong to other hours. A lift that remains there does not come from
// the features.
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import type { LeakCheck } from "./leak-check.ts";

/** Shifts closer together than this are nearly the same labels again: one default horizon. */
const SPACING_ROWS = 60;
/** The mean of the shifted lifts may differ from 1 by their standard deviation, limited to this range. */
const TOLERANCE = { least: 0.1, most: 0.5 };

/** A constant score has a lift of 1 up to rounding on any labels, which does not count as above 1. */
const ROUNDING = 1e-9;

export interface LabelShiftPlan {
  /** In order of time. */
  readonly labels: Uint8Array;
  /** Place of each row's symbol: labels are shifted within a symbol, by the same number of rows in each. */
  readonly symbols: ArrayLike<number>;
  /** Number of shifts, 20 by default; at least 19 make "above all of them" a test at 5 %. */
  readonly shifts?: number;
  /** Least shift in steps: 3,600 (an hour) by default. Rows are at least one step apart, so it is applied in rows. */
  readonly minShiftSteps?: number;
  readonly seed: number;
  /**
   * The lift that the whole pipeline, fitting included, reaches on these labels; `NaN` where they have no test spike.
   * All shifts are asked for at once.
   */
  readonly lift: (labels: Uint8Array) => number | Promise<number>;
  /** Its lift on the labels as they are. */
  readonly real: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs the pipeline on labels shifted circularly by different amounts, evenly spread over [minShift, rows − minShift]
 * with a seeded offset, and compares the lifts. Passes when the real lift lies above every shifted one (chance: 1 in
 * 21) and the shifted mean is near 1.
 *
 * How near: the lifts come from slices of one series, so 20 of them are far from 20 independent ones, and average
 * precision on a handful of episodes scatters widely and, being skewed, upwards. The mean may therefore be one standard
 * deviation of the single lifts away from 1: as if they were about four independent values, at two standard errors. The
 * tolerance is at least 0.1, since nearby volatility regimes make time itself a weak predictor, and at most 0.5, so
 * that noise does not excuse a leak.
 *
 * Figures: `real`, `shifts` used, `mean`, `deviation`, `highest`, `tolerance`. `not_possible` when the smallest symbol
 * has too few rows for that many shifts, 60 rows apart, or more than a quarter of the shifts leave no spike to test on.
 */
export async function checkLabelShift(plan: LabelShiftPlan): Promise<LeakCheck> {
  const { labels, real, seed } = plan;
  const total = plan.shifts ?? 20;
  const least = plan.minShiftSteps ?? 3600;
  const rows = positionsBySymbol(plan.symbols, labels.length);
  const shortest = rows.reduce((min, positions) => Math.min(min, positions.length), rows.length > 0 ? Infinity : 0);
  const spacing = Math.floor((shortest - 2 * least) / total);
  if (spacing < SPACING_ROWS) {
    const needed = 2 * least + SPACING_ROWS * total;
    return notPossible(`${shortest} rows of the shortest symbol, ${needed} are needed for ${total} shifts`, { real });
  }
  const offset = Math.floor(new SeededRandom(`label-shift:${seed}`).uniform() * spacing);
  let done = 0;
  const liftAt = async (i: number): Promise<number> => {
    const lift = await plan.lift(shifted(labels, rows, least + offset + i * spacing));
    plan.onProgress?.(++done, total);
    return lift;
  };
  const all = await Promise.all(Array.from({ length: total }, (_, i) => liftAt(i)));
  const lifts = all.filter((lift) => !Number.isNaN(lift));
  if (lifts.length < 0.75 * total || Number.isNaN(real)) {
    return notPossible(`only ${lifts.length} of ${total} shifts have a lift, or the real labels have none`, { real });
  }
  return verdict(real, lifts);
}

function verdict(real: number, lifts: readonly number[]): LeakCheck {
  const mean = lifts.reduce((sum, x) => sum + x, 0) / lifts.length;
  const deviation = Math.sqrt(lifts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (lifts.length - 1));
  const highest = Math.max(...lifts);
  const tolerance = Math.min(Math.max(deviation, TOLERANCE.least), TOLERANCE.most);
  const problems = [
    ...(Math.abs(mean - 1) <= tolerance ? [] : ["their mean is not chance"]),
    ...(real > highest + ROUNDING ? [] : ["the real lift does not lie above them"]),
  ];
  const passed = problems.length === 0;
  const found = `lift ${real.toFixed(3)}; on ${lifts.length} shifted label series ${mean.toFixed(3)} ± ${deviation.toFixed(3)}, at most ${highest.toFixed(3)}`;
  return {
    name: "label-shift",
    outcome: passed ? "passed" : "failed",
    passed,
    detail: [found, ...problems].join("; "),
    figures: { real, shifts: lifts.length, mean, deviation, highest, tolerance },
  };
}

function notPossible(reason: string, figures: Readonly<Record<string, number>>): LeakCheck {
  return { name: "label-shift", outcome: "not_possible", passed: false, detail: reason, figures };
}

function positionsBySymbol(symbols: ArrayLike<number>, count: number): Int32Array[] {
  const positions = new Map<number, number[]>();
  for (let k = 0; k < count; k++) {
    const rows = positions.get(symbols[k]!);
    if (rows === undefined) positions.set(symbols[k]!, [k]);
    else rows.push(k);
  }
  return Array.from(positions.values(), (rows) => Int32Array.from(rows));
}

/** Each row takes the label of the row `by` places later in its symbol, the last ones those of the first. */
function shifted(labels: Uint8Array, rows: readonly Int32Array[], by: number): Uint8Array {
  const moved = new Uint8Array(labels.length);
  for (const positions of rows) {
    positions.forEach((k, i) => (moved[k] = labels[positions[(i + by) % positions.length]!]!));
  }
  return moved;
}
