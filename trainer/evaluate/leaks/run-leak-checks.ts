// The four leak checks on one run's own folds, ticks and pipeline.
import type { FitContext } from "../../candidates/candidate.ts";
import { BLEND } from "../../candidates/families.ts";
import type { Dataset } from "../../rows/dataset.ts";
import type { FamiliesPlan } from "../../fit/fit-families.ts";
import { describeRows } from "../../rows/row-figures.ts";
import type { LeakReport } from "../../run/run-report.ts";
import { allRows, purgedSplit, type Split } from "../../folds/split.ts";
import { checkCausality } from "./check-causality.ts";
import { checkLabelShift } from "./check-label-shift.ts";
import { checkStructure } from "./check-structure.ts";
import { checkTimeNeighbours } from "./check-time-neighbours.ts";
import type { LiftProblem } from "./label-lift.ts";
import { LiftPool } from "./lift-pool.ts";

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
  const { families, context } = plan;
  const from = rows[0]!;
  const problem: LiftProblem = {
    data: { ...data, rows: data.rows.from(from) },
    row: context.row,
    seed,
    imbalance: context.imbalance,
    families: [...families.candidates.map(({ family }) => family), ...(families.blend ? [BLEND] : [])],
    policy: families.policy,
    minEpisodes: families.minEpisodes,
    split: { train: last.train.map((k) => k - from), test: last.test.map((k) => k - from) },
  };
  const pool = new LiftPool(problem, context.threads);
  const lift = (labels: Uint8Array): Promise<number> => pool.lift(labels.slice(from));
  try {
    const { outcome, detail } = await checkLabelShift({
      labels: data.rows.label,
      symbols: data.rows.symbol,
      shifts: plan.shifts,
      minShiftSteps: Math.ceil(HOUR_MS / data.config.grid.stepMs),
      seed,
      lift,
      real: await lift(data.rows.label),
      onProgress: (done, total) => plan.onProgress?.(done, total, "label shifts"),
    });
    const on = `on the last ${rows.length} rows, ${last.train.length} to train, ${last.test.length} to test`;
    return { name, outcome, detail: `${detail} (${on})` };
  } finally {
    await pool.close();
  }
}
