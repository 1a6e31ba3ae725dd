// Grows one tree leaf by leaf, always splitting the leaf that gains most.
import { type BestSplit, bestOfColumns, histogramSums, type Sums } from "./best-split.ts";
import { groupsOf } from "./bin-layout.ts";
import { type ColumnSampling, drawColumns } from "./column-sampling.ts";
import type { FixedPoint } from "./fixed-point.ts";
import { partitionRows } from "./partition-rows.ts";
import * as split from "./splitting.ts";
import * as task from "./tasks.ts";
import type { ThreadPool } from "./thread-pool.ts";
import type { Tree } from "./tree.ts";
import { TreeBuilder } from "./tree-builder.ts";
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
  private readonly builder = new TreeBuilder();

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
    const range = { node: this.builder.addLeaf(), from: 0, to: options.rowCount };
    this.describeCount(range, slot, -1);
    job[task.CHILD + task.WANTED] = 0;
    job[task.CHILD + task.CHILD_FIELDS + task.WANTED] = 0;
    this.pool.run(task.NODES, groupsOf(plan.width));
    const sums = histogramSums(workspace, slot, columnsInUse.indexOf(1), fixed);
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
    this.builder.split(leaf.node, {
      feature: column,
      threshold: options.thresholds[column]![bin] ?? Infinity,
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
    const value = ({ gradient, hessian }: Sums): number => split.leafValue(gradient, hessian, rules.l2, lower, upper);
    const border = (value(sums) + value(rest)) / 2;
    const partsMissing = bin === this.options.thresholds[column]!.length;
    const direction = partsMissing ? 0 : monotone[column]!;
    const child = (range: { from: number; to: number }, own: Sums, below: boolean): OpenLeaf => ({
      ...{ node: this.builder.addLeaf(), ...range, ...own, slot: -1, best: undefined },
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

  private finish(): Tree {
    const { l2 } = this.workspace.plan.rules;
    const value = ({ gradient, hessian, lower, upper }: OpenLeaf): number =>
      this.options.leafScale * split.leafValue(gradient, hessian, l2, lower, upper);
    return this.builder.finish(new Map(this.open.map((leaf) => [leaf.node, value(leaf)])));
  }
}
