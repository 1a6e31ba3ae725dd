// The scores of rows, computed once: calibration, thresholds, drift references, blends, manifests and the verification
// of files all ask for those of the same rows.
import { ROWS } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import { BlendScore } from "./blend-score.ts";
import type { Score } from "./score.ts";

interface Scored {
  readonly values: Float32Array;
  readonly scores: Float64Array;
}

/** Per score, per list of rows. A score never changes, and neither do rows that were scored. */
const known = new WeakMap<Score, WeakMap<Int32Array, Scored>>();

/** One score per row of the dataset, as `score.scoreRow` gives it. Not to be written to: other callers get it too. */
export function scoresOfRows(data: Dataset, rows: Int32Array, score: Score): Float64Array {
  const values = data.rows.values[score.row];
  const found = known.get(score)?.get(rows);
  if (found?.values === values) return found.scores;
  const scores =
    score instanceof BlendScore
      ? score.sumOf((part) => scoresOfRows(data, rows, part), rows.length)
      : score.scoreRows(values, rows, ROWS[score.row].length);
  const ofScore = known.get(score) ?? new WeakMap<Int32Array, Scored>();
  known.set(score, ofScore.set(rows, { values, scores }));
  return scores;
}
