// The four leak checks on one run's own folds, ticks and pipeline.
import { averagePrecision } from "../metrics/average-precision.ts";
import { applyModel } from "../../score/apply-model.ts";
import type { FitContext } from "../../candidates/candidate.ts";
import type { Dataset } from "../../rows/dataset.ts";
import { chooseReference } from "../../fit/choose-reference.ts";
import { chooseFamily, fitFamilies, type FamiliesPlan } from "../../fit/fit-families.ts";
import { LabelledRows } from "../../rows/labelled-rows.ts";
import { describeRows } from "../../rows/row-figures.ts";
import type { LeakReport } from "../../run/run-report.ts";
import { allRows, purgedSplit, type Split } from "../../folds/split.ts";
import { checkCausality } from "./check-causality.ts";
import { checkLabelShift } from "./check-label-shift.ts";
import { checkStructure } from "./check-structure.ts";
import { checkTimeNeighbours } from "./check-time-neighbours.ts";

/** Most rows for the label-shift check, which runs the pipeline twenty times. Of longer data the last rows are used. */
const MAX_SHIFT_ROWS = 20_000;
/** A lift on fewer episodes scatters by a multiple of itself. */
const MIN_EPISODES = 10;
const HOUR_MS = 3_600_000;

export interface LeakPlan {
  readonly context: FitContext;
  readonly families: FamiliesPlan;
  readonly splits: readonly Split[];
  /** The same ticks read again, those before `untilMs`. */
  readonly rebuild: (untilMs: number) => Promise<Dataset>;
  readonly shifts: number;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** All four, in the order of the design. */
export async function runLeakChecks(plan: LeakPlan): Promise<LeakReport[]> {
  const { data } = plan.context;
  const { tsMs, label, count } = data.rows;
  const cuts = [0.5, 0.9].map((share) => tsMs[Math.floor(share * (count - 1))]!);
  const rebuilt = new Map<number, Dataset>();
  for (const cut of cuts) rebuilt.set(cut, await plan.rebuild(cut));
  const checks = [
    checkStructure(data, plan.splits),
    checkCausality(data, (untilMs) => rebuilt.get(untilMs)!, cuts),
    checkTimeNeighbours(tsMs, label, plan.splits),
  ];
  const reports = checks.map(({ name, outcome, detail }): LeakReport => ({ name, outcome, detail }));
  return [...reports, await labelShift(plan)];
}

/** The pipeline, choice of family included, on one split of the last rows in two halves. */
async function labelShift(plan: LeakPlan): Promise<LeakReport> {
  const { data, seed } = plan.context;
  const name = "label-shift";
  if (plan.shifts === 0) return { name, outcome: "left_out", detail: "--leak-shifts 0" };
  const rows = allRows(data).slice(-MAX_SHIFT_ROWS);
  const last = purgedSplit(data, rows, data.rows.tsMs[rows[Math.floor(rows.length / 2)]!]!);
  const { episodes } = describeRows(data, last.test);
  if (episodes < MIN_EPISODES) {
    const detail = `${episodes} episodes to test on, ${MIN_EPISODES} are needed for lifts that say anything`;
    return { name, outcome: "not_possible", detail };
  }
  const lift = (labels: Uint8Array): number => liftOf(plan, withLabels(data, labels), last);
  const real = lift(data.rows.label);
  const { outcome, detail } = await checkLabelShift({
    labels: data.rows.label,
    symbols: data.rows.symbol,
    shifts: plan.shifts,
    minShiftSteps: Math.ceil(HOUR_MS / data.config.grid.stepMs),
    seed,
    lift,
    real,
    onProgress: (done, total) => plan.onProgress?.(done, total, "label shifts"),
  });
  const on = `on the last ${rows.length} rows, ${last.train.length} to train, ${last.test.length} to test`;
  return { name, outcome, detail: `${detail} (${on})` };
}

/**
 * PR-AUC over the base rate of the family that the training rows choose; `NaN` without both outcomes on either side.
 */
function liftOf(plan: LeakPlan, data: Dataset, { train, test }: Pick<Split, "train" | "test">): number {
  const both = [train, test].every((rows) => {
    const spikes = rows.reduce((sum, k) => sum + data.rows.label[k]!, 0);
    return spikes > 0 && spikes < rows.length;
  });
  if (!both) return NaN;
  const fits = fitFamilies({ ...plan.context, data }, plan.families, train);
  const { family } = chooseFamily(fits, chooseReference(data, fits, train));
  const model = fits.find((fit) => fit.family === family)!.model;
  if ("refused" in model) throw new Error(`${family} was chosen and refused: ${model.refused}`);
  const labels = Uint8Array.from(test, (k) => data.rows.label[k]!);
  const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  return averagePrecision(labels, applyModel(model, data, test)) / base;
}

function withLabels(data: Dataset, label: Uint8Array): Dataset {
  const rows = Object.assign(Object.create(LabelledRows.prototype) as LabelledRows, data.rows, { label });
  return { ...data, rows };
}
