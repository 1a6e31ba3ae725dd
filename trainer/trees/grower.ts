// Grows one tree leaf by leaf, always splitting the leaf that gains most.
import { type ColumnSampling, drawColumns } from "./column-sampling.ts";
import { type FixedPoint, wholeNumber } from "./fixed-point.ts";
import { groupsOf, MISSING_BIN } from "./binning.ts";
import { histogramAt } from "./histogram.ts";
import { partitionRows } from "./partition.ts";
import * as split from "./splitting.ts";
import * as task from "./tasks.ts";
import type { ThreadPool } from "./thread-pool.ts";
import { LEAF, type Tree } from "./tree.ts";
import type { Workspace } from "./workspace.ts";

/** What a tree is grown with, beside the workspace's rules. */
export interface GrowthOptions {
  /** Rows at the front of `workspace.rows`, in rising order. */
  readonly rowCount: number;
  readonly leaves: number;
  readonly fixed: FixedPoint;
  /** Leaf values are multiplied by it, then rounded to float32. */
  readonly leafScale: number;
  readonly columns: ColumnSampling;
  /** Per column, as `BinnedData` has them. */
  readonly thresholds: readonly Float32Array[];
}

/** A leaf with the places [from, to) of its rows in `workspace.rows`. */
export interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
}

interface OpenLeaf extends Leaf, split.NodeSums {
  /** Of its histograms; −1 when it cannot be split. */
  slot: number;
  best: BestSplit | undefined;
}

interface BestSplit {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly left: Pick<split.NodeSums, "gradient" | "hessian" | "rows">;
}

/** Histograms that `TreeGrower` holds at most at a time. */
export function slotsNeeded(rowCount: number, leaves: number, minChildRows: number): number {
  return Math.min(leaves, Math.floor(rowCount / (2 * Math.max(1, minChildRows))) + 1) + 1;
}

/** Grows one tree; make a new one for each. The gradients of the rows must be in the workspace. */
export class TreeGrower {
  private readonly workspace: Workspace;
  private readonly pool: ThreadPool;
  private readonly options: GrowthOptions;
  private readonly freeSlots: number[];
  private readonly open: OpenLeaf[] = [];
  private readonly nodes: {
    feature: number;
    threshold: number;
    left: number;
    right: number;
    missingLeft: number;
    gain: number;
  }[] = [];

  constructor(workspace: Workspace, pool: ThreadPool, options: GrowthOptions) {
    this.workspace = workspace;
    this.pool = pool;
    this.options = options;
    this.freeSlots = Array.from({ length: workspace.plan.slots }, (_, k) => workspace.plan.slots - 1 - k);
  }

  /** The tree, and the rows of each of its leaves in the order of creation. */
  grow(): { tree: Tree; leaves: readonly Leaf[] } {
    this.openRoot();
    while (this.open.length < this.options.leaves) {
      const leaf = this.bestLeaf();
      if (leaf === undefined) break;
      this.split(leaf);
    }
    return { tree: this.finish(), leaves: this.open };
  }

  private openRoot(): void {
    const { workspace, options } = this;
    const { job, columnsInUse, plan } = workspace;
    const { fixed, columns } = options;
    job[task.GRADIENT_SCALE] = fixed.gradientScale;
    job[task.HESSIAN_SCALE] = fixed.hessianScale;
    job[task.COUNT_SHIFT] = fixed.countShift;
    if (columns.per === "tree") drawColumns(columns, columnsInUse, 0, plan.width);
    else columnsInUse.fill(1, 0, plan.width);
    const slot = this.freeSlots.pop()!;
    const range = { node: this.addNode(), from: 0, to: options.rowCount };
    this.describeCount(range, slot, -1);
    job[task.CHILD + task.WANTED] = 0;
    job[task.CHILD + task.CHILD_FIELDS + task.WANTED] = 0;
    this.pool.run(task.NODES, groupsOf(plan.width));
    const sums = rootSums(workspace, slot, columnsInUse.indexOf(1), fixed);
    const root: OpenLeaf = { ...range, ...sums, lower: -Infinity, upper: Infinity, slot, best: undefined };
    this.open.push(root);
    job[task.COUNT_TO] = job[task.COUNT_FROM]!;
    this.findSplits([root]);
  }

  private bestLeaf(): OpenLeaf | undefined {
    let best: OpenLeaf | undefined;
    for (const leaf of this.open) {
      if (leaf.best !== undefined && leaf.best.gain > (best?.best?.gain ?? -Infinity)) best = leaf;
    }
    return best;
  }

  private split(leaf: OpenLeaf): void {
    const { workspace, open, options, freeSlots } = this;
    const { column, bin, missingLeft, gain } = leaf.best!;
    const middle = partitionRows(workspace, leaf.from, leaf.to, column, bin, missingLeft);
    const [left, right] = this.children(leaf, leaf.best!, middle);
    const ends = options.thresholds[column]!;
    const threshold = bin < ends.length ? ends[bin]! : Infinity;
    Object.assign(this.nodes[leaf.node]!, {
      feature: column,
      threshold,
      left: left.node,
      right: right.node,
      missingLeft: missingLeft ? 1 : 0,
      gain,
    });
    open[open.indexOf(leaf)] = left;
    open.push(right);
    const wanted = open.length < options.leaves && (this.splittable(left) || this.splittable(right));
    if (!wanted) {
      freeSlots.push(leaf.slot);
      return;
    }
    const [smaller, larger] = left.rows <= right.rows ? [left, right] : [right, left];
    smaller.slot = freeSlots.pop()!;
    larger.slot = leaf.slot;
    this.describeCount(smaller, smaller.slot, larger.slot);
    this.findSplits([smaller, larger]);
  }

  private children(leaf: OpenLeaf, { column, bin, left: sums }: BestSplit, middle: number): [OpenLeaf, OpenLeaf] {
    const { monotone, rules } = this.workspace.plan;
    const { lower, upper } = leaf;
    const rest = {
      gradient: leaf.gradient - sums.gradient,
      hessian: leaf.hessian - sums.hessian,
      rows: leaf.rows - sums.rows,
    };
    const value = ({ gradient, hessian }: typeof rest): number =>
      split.leafValue(gradient, hessian, rules.l2, lower, upper);
    const border = (value(sums) + value(rest)) / 2;
    const partsMissing = bin === this.options.thresholds[column]!.length;
    const direction = partsMissing ? 0 : monotone[column]!;
    const child = (range: { from: number; to: number }, own: typeof rest, below: boolean): OpenLeaf => ({
      ...{ node: this.addNode(), ...range, ...own, slot: -1, best: undefined },
      lower: direction !== 0 && !below ? Math.max(lower, border) : lower,
      upper: direction !== 0 && below ? Math.min(upper, border) : upper,
    });
    return [
      child({ from: leaf.from, to: middle }, sums, direction > 0),
      child({ from: middle, to: leaf.to }, rest, direction < 0),
    ];
  }

  private splittable({ rows, hessian }: OpenLeaf): boolean {
    const { minChildRows, minChildWeight } = this.workspace.plan.rules;
    return rows >= 2 * Math.max(1, minChildRows) && hessian >= 2 * minChildWeight;
  }

  private describeCount({ from, to }: Pick<Leaf, "from" | "to">, slot: number, parentSlot: number): void {
    const { job } = this.workspace;
    job[task.COUNT_FROM] = from;
    job[task.COUNT_TO] = to;
    job[task.PARENT_SLOT] = parentSlot;
    job[task.CHILD + task.SLOT] = slot;
  }

  /** Counts what `describeCount` said and finds the best split of each of the one or two leaves. */
  private findSplits(leaves: readonly OpenLeaf[]): void {
    const { pool, workspace } = this;
    const { width } = workspace.plan;
    workspace.job[task.CHILD + task.CHILD_FIELDS + task.WANTED] = 0;
    leaves.forEach((leaf, child) => this.describeChild(leaf, child));
    pool.run(task.NODES, groupsOf(width));
    leaves.forEach((leaf, child) => {
      if (this.splittable(leaf)) leaf.best = bestOfColumns(workspace, child);
      if (leaf.best !== undefined) return;
      this.freeSlots.push(leaf.slot);
      leaf.slot = -1;
    });
  }

  private describeChild(leaf: OpenLeaf, child: number): void {
    const { job, columnsInUse, plan } = this.workspace;
    const { columns } = this.options;
    const at = task.CHILD + child * task.CHILD_FIELDS;
    const chosen = (child + 1) * plan.width;
    if (columns.per === "split") drawColumns(columns, columnsInUse, chosen, plan.width);
    else columnsInUse.copyWithin(chosen, 0, plan.width);
    job[at + task.SLOT] = leaf.slot;
    job[at + task.WANTED] = this.splittable(leaf) ? 1 : 0;
    job[at + task.GRADIENT] = leaf.gradient;
    job[at + task.HESSIAN] = leaf.hessian;
    job[at + task.ROWS] = leaf.rows;
    job[at + task.LOWER] = leaf.lower;
    job[at + task.UPPER] = leaf.upper;
  }

  private addNode(): number {
    return this.nodes.push({ feature: LEAF, threshold: 0, left: 0, right: 0, missingLeft: 0, gain: 0 }) - 1;
  }

  private finish(): Tree {
    const { nodes, open, options, workspace } = this;
    const value = new Float32Array(nodes.length);
    for (const { node, gradient, hessian, lower, upper } of open) {
      value[node] = options.leafScale * split.leafValue(gradient, hessian, workspace.plan.rules.l2, lower, upper);
    }
    return {
      feature: Int32Array.from(nodes, (node) => node.feature),
      threshold: Float32Array.from(nodes, (node) => node.threshold),
      left: Int32Array.from(nodes, (node) => node.left),
      right: Int32Array.from(nodes, (node) => node.right),
      missingLeft: Uint8Array.from(nodes, (node) => node.missingLeft),
      value,
      gain: Float64Array.from(nodes, (node) => node.gain),
    };
  }
}

function bestOfColumns({ splits, plan }: Workspace, child: number): BestSplit | undefined {
  let best = -1;
  let gain = -Infinity;
  for (let column = 0; column < plan.width; column++) {
    const at = (child * plan.width + column) * split.SPLIT_FIELDS;
    if (splits[at + split.GAIN]! > gain) {
      best = at;
      gain = splits[at + split.GAIN]!;
    }
  }
  if (best < 0) return undefined;
  return {
    gain,
    column: best / split.SPLIT_FIELDS - child * plan.width,
    bin: splits[best + split.BIN]!,
    missingLeft: splits[best + split.MISSING_LEFT] === 1,
    left: {
      gradient: splits[best + split.LEFT_GRADIENT]!,
      hessian: splits[best + split.LEFT_HESSIAN]!,
      rows: splits[best + split.LEFT_ROWS]!,
    },
  };
}

/** Sums over all bins of one column: every row is in one of them. */
function rootSums(
  workspace: Workspace,
  slot: number,
  column: number,
  { gradientScale, hessianScale, countShift }: FixedPoint,
): Pick<split.NodeSums, "gradient" | "hessian" | "rows"> {
  const { histograms } = workspace;
  const shift = countShift - 32;
  let gradient = 0;
  let hessian = 0;
  let rows = 0;
  for (let bin = 0; bin <= MISSING_BIN; bin++) {
    const at = histogramAt(workspace, slot, column) + 4 * bin;
    gradient += wholeNumber(histograms[at]!, histograms[at + 1]!);
    hessian += wholeNumber(histograms[at + 2]!, histograms[at + 3]! & ((1 << shift) - 1));
    rows += histograms[at + 3]! >> shift;
  }
  return { gradient: gradient / gradientScale, hessian: hessian / hessianScale, rows };
}
