// The state of one fit as views of shared memory, the same in every thread: what the tasks of a fit read and write.
import { GROUP, groupsOf } from "./bin-layout.ts";
import { type BinnedData } from "./binning.ts";
import { type HistogramKernel, histogramKernel } from "./histogram-kernel.ts";
import type { Loss } from "./parameters.ts";
import { SPLIT_FIELDS, type SplitRules } from "./splitting.ts";
import { reserve, type WasmMemory } from "./wasm-memory.ts";

/** 256 bins of two 64-bit sums. */
export const HISTOGRAM_BYTES = 4096;
/** Numbers that the main thread hands to the tasks of one job. */
const JOB_FIELDS = 32;

/** Numbers that score-update.ts keeps of a node. */
export const NODE_FIELDS = 5;

/** What a thread needs to see the same workspace; a structured clone of it goes to the workers. */
export interface FitPlan {
  readonly memory: WasmMemory;
  readonly rowCount: number;
  readonly width: number;
  /** Per column, its bins without the missing one. */
  readonly binCounts: Int32Array;
  /** Histograms of that many nodes at a time. */
  readonly slots: number;
  /** Most leaves of a tree. */
  readonly leaves: number;
  readonly loss: Loss;
  readonly rules: SplitRules;
  readonly monotone: Int8Array;
}

/** Views of the memory of a plan. One fit at a time may use the memory of a `BinnedData`. */
export class Workspace {
  readonly plan: FitPlan;
  readonly kernel: HistogramKernel;
  readonly bins: Uint8Array;
  /** Row numbers; those of a node lie side by side, in rising order. */
  readonly rows: Int32Array;
  readonly scratch: Int32Array;
  /** Per row, gradient and hessian in fixed point. */
  readonly pairs: Int32Array;
  /** Per row, the sum of the leaf values so far. */
  readonly scores: Float32Array;
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  /** Per slot, per column: 256 bins of four words. */
  readonly histograms: Int32Array;
  /** Per child of the split node, per column: the best split. */
  readonly splits: Float64Array;
  readonly job: Float64Array;
  /** Columns in use: of the tree, of the smaller child, of its sibling. */
  readonly columnsInUse: Uint8Array;
  /** The last tree, as score-update.ts lays it out. */
  readonly nodes: Int32Array;
  readonly leafValues: Float32Array;
  readonly rowsAt: number;
  readonly pairsAt: number;
  readonly histogramsAt: number;
  readonly slotBytes: number;

  constructor(plan: FitPlan) {
    const { memory, rowCount, width, slots, leaves } = plan;
    this.plan = plan;
    this.slotBytes = groupsOf(width) * GROUP * HISTOGRAM_BYTES;
    let end = groupsOf(width) * GROUP * rowCount;
    const take = (bytes: number): number => {
      const at = Math.ceil(end / 64) * 64;
      end = at + bytes;
      return at;
    };
    this.pairsAt = take(16 * rowCount);
    this.rowsAt = take(4 * rowCount);
    this.histogramsAt = take(slots * this.slotBytes);
    const scratch = take(4 * rowCount);
    const scores = take(4 * rowCount);
    const targets = take(8 * rowCount);
    const weights = take(8 * rowCount);
    const splits = take(2 * width * SPLIT_FIELDS * 8);
    const job = take(JOB_FIELDS * 8);
    const columnsInUse = take(3 * width);
    const nodes = take(2 * leaves * NODE_FIELDS * 4);
    const leafValues = take(2 * leaves * 4);
    reserve(memory, end);
    const { buffer } = memory;
    this.bins = new Uint8Array(buffer, 0, groupsOf(width) * GROUP * rowCount);
    this.pairs = new Int32Array(buffer, this.pairsAt, 4 * rowCount);
    this.rows = new Int32Array(buffer, this.rowsAt, rowCount);
    this.histograms = new Int32Array(buffer, this.histogramsAt, (slots * this.slotBytes) / 4);
    this.scratch = new Int32Array(buffer, scratch, rowCount);
    this.scores = new Float32Array(buffer, scores, rowCount);
    this.targets = new Float64Array(buffer, targets, rowCount);
    this.weights = new Float64Array(buffer, weights, rowCount);
    this.splits = new Float64Array(buffer, splits, 2 * width * SPLIT_FIELDS);
    this.job = new Float64Array(buffer, job, JOB_FIELDS);
    this.columnsInUse = new Uint8Array(buffer, columnsInUse, 3 * width);
    this.nodes = new Int32Array(buffer, nodes, 2 * leaves * NODE_FIELDS);
    this.leafValues = new Float32Array(buffer, leafValues, 2 * leaves);
    this.kernel = histogramKernel(memory);
  }
}

/** The plan of a fit on binned rows. */
export function fitPlan(
  { memory, rowCount, width, thresholds }: BinnedData,
  options: Pick<FitPlan, "slots" | "leaves" | "loss" | "rules"> & { readonly monotone: Int8Array | undefined },
): FitPlan {
  const { monotone = new Int8Array(width) } = options;
  if (monotone.length !== width) {
    throw new RangeError(`monotone: got ${monotone.length} directions, expected one per column, ${width}`);
  }
  const binCounts = Int32Array.from(thresholds, ({ length }) => length + 1);
  return { memory, rowCount, width, binCounts, ...options, monotone };
}
