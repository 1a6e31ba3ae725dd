// Rows as bin numbers, one byte per value: what histograms are built from. Made once, it serves any number of fits on
// the same rows.
import { stretchSample } from "../rows/stretch-sample.ts";
import { GROUP, groupsOf, MISSING_BIN } from "./bin-layout.ts";
import { BinSearch } from "./bin-search.ts";
import { binThresholds } from "./bin-thresholds.ts";
import { sortFloats } from "./sort-floats.ts";
import { checkTreeData, type TreeData } from "./tree-data.ts";
import { sharedMemory, type WasmMemory } from "./wasm-memory.ts";

/** Thresholds come from at most so many rows, as LightGBM's `bin_construct_sample_cnt`. */
const THRESHOLD_ROWS = 200_000;
const BLOCK = 4096;

/** Binned rows. The bin of row i and column j is byte `(⌊j/4⌋ · n + i) · 4 + j mod 4` of the memory. */
export interface BinnedData {
  readonly memory: WasmMemory;
  readonly rowCount: number;
  readonly width: number;
  /** Per column, the rising upper ends of its bins but the last. */
  readonly thresholds: readonly Float32Array[];
}

/**
 * Bins rows by quantiles of each column: bin k takes the x with t_{k−1} < x ≤ t_k, so `bin ≤ k` is exactly `x ≤ t_k`.
 * A column that is always missing has no threshold and only missing bins; −0 and 0 share a bin.
 *
 * Example: the column 1, 2, NaN, 2 has the threshold 1.5 and the bins 0, 1, 255, 1.
 * @param maxBins 2 … 255, not counting the bin of missing values.
 * @throws RangeError for other `maxBins` and for what `checkTreeData` refuses.
 */
export function binRows(data: TreeData, maxBins: number): BinnedData {
  checkTreeData(data);
  if (!(Number.isInteger(maxBins) && maxBins >= 2 && maxBins <= MISSING_BIN)) {
    throw new RangeError(`maxBins: got ${maxBins}, expected a whole number 2 … 255`);
  }
  const { x, width } = data;
  const rowCount = data.targets.length;
  const sample = stretchSample(rowCount, THRESHOLD_ROWS);
  const thresholds = Array.from({ length: width }, (_, j) => binThresholds(sortedColumn(x, width, j, sample), maxBins));
  const memory = sharedMemory(groupsOf(width) * rowCount * GROUP);
  const bins = new Uint8Array(memory.buffer);
  const searches = thresholds.map((column) => new BinSearch(column));
  for (let from = 0; from < rowCount; from += BLOCK) {
    const to = Math.min(rowCount, from + BLOCK);
    searches.forEach((search, j) => {
      const at = Math.floor(j / GROUP) * rowCount * GROUP + (j % GROUP);
      search.write(x, width, j, from, to, bins, at);
    });
  }
  return { memory, rowCount, width, thresholds };
}

/** The given bins, or new ones of the rows. @throws RangeError for bins of another number of rows or columns. */
export function binsOf(data: TreeData, maxBins: number, binned: BinnedData | undefined): BinnedData {
  if (binned === undefined) return binRows(data, maxBins);
  const rowCount = data.targets.length;
  if (binned.rowCount === rowCount && binned.width === data.width) return binned;
  throw new RangeError(`binned: got ${binned.rowCount} × ${binned.width}, expected ${rowCount} × ${data.width}`);
}

function sortedColumn(x: Float32Array, width: number, j: number, rows: Int32Array): Float32Array {
  const values = new Float32Array(rows.length);
  let count = 0;
  for (const i of rows) {
    const value = x[i * width + j]!;
    if (value === value) values[count++] = value;
  }
  return sortFloats(values.subarray(0, count));
}
