// Purged chronological splits: everything trained on ends, label included, well before anything it is tested on begins.
import { assertPurged } from "./assert-purged.ts";
import type { Dataset } from "../rows/dataset.ts";
import { UserError } from "../../command-line/user-error.ts";

/** Steps left out before a test start beyond the horizon: as long as the longest hole inside a segment. */
export const PURGE_STEPS = 300;

export interface Split {
  /** Positions of rows in the dataset, ascending. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Rows before the test start that are used for neither. */
  readonly purged: number;
  readonly testFromMs: number;
}

/** Positions of all rows of a dataset. */
export function allRows(data: Dataset): Int32Array {
  return Int32Array.from({ length: data.rows.count }, (_, k) => k);
}

/** Time from a row to the end of its label, ms. */
export function horizonMs(data: Dataset): number {
  return data.config.label.horizonSteps * data.config.grid.stepMs;
}

/**
 * Splits `within` at `testFromMs`: test rows are those from it on and before `testToMs`; training rows end, label
 * included, at least `PURGE_STEPS` steps before. Event time counts, over all symbols and segments alike, so neither a
 * hole nor a second symbol shortens the purge.
 */
export function purgedSplit(data: Dataset, within: Int32Array, testFromMs: number, testToMs = Infinity): Split {
  const { tsMs } = data.rows;
  const lastTrainMs = testFromMs - horizonMs(data) - PURGE_STEPS * data.config.grid.stepMs;
  const train = within.filter((k) => tsMs[k]! < lastTrainMs);
  const test = within.filter((k) => tsMs[k]! >= testFromMs && tsMs[k]! < testToMs);
  const before = within.filter((k) => tsMs[k]! < testFromMs).length;
  const split = { train, test, purged: before - train.length, testFromMs };
  assertPurged(tsMs, horizonMs(data), split);
  return split;
}

/**
 * Where the test begins: a time, or the share of rows at the end.
 * @throws UserError when either side would be empty.
 */
export function testStartMs(data: Dataset, at: { readonly fromMs: number } | { readonly share: number }): number {
  const { tsMs, count } = data.rows;
  if (count === 0) {
    const { eligible, undecided } = data.tally;
    const why = `${undecided} end before their label is decided, the others have holes in it`;
    throw new UserError(`no labelled rows: of ${eligible} eligible ones, ${why}`);
  }
  const fromMs = "fromMs" in at ? at.fromMs : tsMs[Math.floor(count * (1 - at.share))]!;
  if (!(fromMs > tsMs[0]! && fromMs <= tsMs[count - 1]!)) {
    const span = `${isoTime(tsMs[0]!)} to ${isoTime(tsMs[count - 1]!)}`;
    throw new UserError(`test start ${isoTime(fromMs)} leaves one side empty: labelled rows are ${span}`);
  }
  return fromMs;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
