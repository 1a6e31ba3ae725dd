// How far the features of a fold's test rows lie from those it was trained on.
import { normedWasserstein } from "../../src/drift/wasserstein.ts";
import { DEFAULT_1 } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { Split } from "./split.ts";

/** Of longer stretches every n-th row is looked at: distances are for people, and 20,000 rows place them well enough. */
const MAX_ROWS = 20_000;

/** Normed Wasserstein distance per column of `default-1` that has finite values on both sides, the farthest first. */
export function foldDrift(data: Dataset, { train, test }: Split): { feature: string; distance: number }[] {
  const before = thinned(train);
  const after = thinned(test);
  return DEFAULT_1.flatMap(({ name }, column) => {
    const distance = normedWasserstein(columnOf(data, before, column), columnOf(data, after, column));
    return Number.isNaN(distance) ? [] : [{ feature: name, distance }];
  }).sort((a, b) => b.distance - a.distance);
}

function columnOf(data: Dataset, rows: Int32Array, column: number): Float64Array {
  return Float64Array.from(rows, (k) => data.rows.values["default-1"][k * DEFAULT_1.length + column]!);
}

function thinned(rows: Int32Array): Int32Array {
  const every = Math.ceil(rows.length / MAX_ROWS);
  return rows.filter((_, i) => i % every === 0);
}
