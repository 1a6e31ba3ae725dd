// The walk-forward folds of a run: each is tested on one stretch of time and trained on everything before it, purged.
import type { Dataset } from "../rows/dataset.ts";
import { hoursOfData, hoursText } from "../rows/hours-of-data.ts";
import { UserError } from "../../command-line/user-error.ts";
import { allRows, purgedSplit, type Split, testStartMs } from "./split.ts";

export interface WalkForwardPlan {
  /** Where the first test row lies: a time, or the last share of the rows. */
  readonly testAt: { readonly fromMs: number } | { readonly share: number };
  /** Stretches with equal numbers of rows, or of equal length in time. */
  readonly folds: { readonly count: number } | { readonly lengthMs: number };
}

/**
 * Expanding folds that cover every row from the test start on. A stretch without rows is left out.
 * @throws UserError when the test start leaves one side empty, or the first fold's training rows lack an outcome.
 */
export function walkForward(data: Dataset, { testAt, folds }: WalkForwardPlan): Split[] {
  const { tsMs, label, count } = data.rows;
  const rows = allRows(data);
  const starts = startsFrom(data, testStartMs(data, testAt), folds);
  const splits = starts
    .map((from, i) => purgedSplit(data, rows, from, starts[i + 1] ?? Infinity))
    .filter(({ test }) => test.length > 0);
  const [first] = splits;
  if (first === undefined) throw new Error(`no fold in ${count} rows up to ${tsMs[count - 1]}`);
  const spikes = first.train.reduce((sum, k) => sum + label[k]!, 0);
  if (spikes === 0 || spikes === first.train.length) {
    throw new UserError(
      `${hoursText(hoursOfData(data))} of data leave the first fold ${first.train.length} training rows, ${spikes} of ` +
        "them spikes: both outcomes are needed, so more hours of such a market; how many cannot be told from one outcome",
    );
  }
  return splits;
}

function startsFrom(data: Dataset, fromMs: number, folds: WalkForwardPlan["folds"]): number[] {
  const { tsMs, count } = data.rows;
  const starts: number[] = [];
  if ("lengthMs" in folds) {
    for (let t = fromMs; t <= tsMs[count - 1]!; t += folds.lengthMs) starts.push(t);
    return starts;
  }
  const first = tsMs.findIndex((t) => t >= fromMs);
  for (let f = 0; f < folds.count; f++) {
    const start = f === 0 ? fromMs : tsMs[first + Math.floor(((count - first) * f) / folds.count)]!;
    if (f === 0 || start > starts[starts.length - 1]!) starts.push(start);
  }
  return starts;
}
