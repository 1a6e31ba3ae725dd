// Which columns a tree or a split may use.
import type { SeededRandom } from "../../src/features/seeded-random.ts";

/** A share of the columns, drawn once for a tree or again for each node. */
export interface ColumnSampling {
  readonly share: number;
  readonly per: "tree" | "split";
  readonly random: SeededRandom;
}

/** Sets `chosen[at … at + width)` to 1 for round(share · width) columns, at least one, and to 0 for the others. */
export function drawColumns({ share, random }: ColumnSampling, chosen: Uint8Array, at: number, width: number): void {
  let wanted = Math.max(1, Math.min(width, Math.round(share * width)));
  for (let column = 0; column < width; column++) {
    const take = wanted === width - column || random.uniform() * (width - column) < wanted;
    chosen[at + column] = take ? 1 : 0;
    if (take) wanted--;
  }
}
