// Parts the rows of a node between its children, in place and without changing their order.
import { GROUP, MISSING_BIN } from "./bin-layout.ts";
import type { Workspace } from "./workspace.ts";

const goesLeft = new Uint8Array(256);

/**
 * Brings the rows at places [from, to) of `workspace.rows` that go left to the front; both parts keep their order.
 * @returns the place where the right part begins.
 */
export function partitionRows(
  { bins, rows, scratch, plan }: Workspace,
  from: number,
  to: number,
  column: number,
  bin: number,
  missingLeft: boolean,
): number {
  goesLeft.fill(1, 0, bin + 1).fill(0, bin + 1);
  goesLeft[MISSING_BIN] = missingLeft ? 1 : 0;
  const at = Math.floor(column / GROUP) * plan.rowCount * GROUP + (column % GROUP);
  let left = from;
  let right = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    const side = goesLeft[bins[at + row * GROUP]!]!;
    rows[left] = row;
    scratch[right] = row;
    left += side;
    right += 1 - side;
  }
  rows.set(scratch.subarray(0, right), left);
  return left;
}
