// The ticks of a batch that the default grid applied, in its order: what the further grids are fed.
import { VERDICT } from "../../../features/batch-counts.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";

/**
 * Accepted ticks, packed. A tick that an earlier batch left held comes first: until it is decided, no tick of a later
 * batch is applied.
 * @param verdicts `VERDICT` of each tick after the batch; `undefined` when all were accepted.
 * @param released the tick held before the batch that the batch confirmed; `undefined` without one.
 */
export function appliedTicks(
  rows: Float64Array,
  verdicts: Uint8Array | undefined,
  released: Float64Array | undefined,
): Float64Array {
  if (verdicts === undefined && released === undefined) return rows;
  const applied = new Float64Array(rows.length + TICK_FIELDS);
  let to = 0;
  if (released !== undefined) {
    applied.set(released);
    to = TICK_FIELDS;
  }
  for (let at = 0; at < rows.length; at += TICK_FIELDS) {
    if (verdicts !== undefined && verdicts[at / TICK_FIELDS] !== VERDICT.accepted) continue;
    applied.set(rows.subarray(at, at + TICK_FIELDS), to);
    to += TICK_FIELDS;
  }
  return applied.subarray(0, to);
}
