// The loss on later rows after each tree, for early stopping.
import { rowLoss } from "./loss.ts";
import { effectiveWeights, type Loss } from "./parameters.ts";
import { type Tree, treeValue } from "./tree.ts";
import type { TreeData } from "./tree-data.ts";

/** Mean weighted losses after 1, 2, … trees. */
export class ValidationCurve {
  readonly losses: number[] = [];
  /** The number of trees with the lowest loss so far, the fewest of equal ones; 0 before the first. */
  best = 0;
  private readonly data: TreeData;
  private readonly loss: Loss;
  private readonly base: number;
  private readonly weights: Float64Array;
  private readonly scores: Float32Array;

  constructor(data: TreeData, loss: Loss, positiveWeight: number, base: number) {
    this.data = data;
    this.loss = loss;
    this.base = base;
    this.weights = effectiveWeights(data, positiveWeight);
    this.scores = new Float32Array(data.targets.length);
  }

  /** Trees since the best number of them. */
  get roundsSinceBest(): number {
    return this.losses.length - this.best;
  }

  /** Adds the next tree. */
  add(tree: Tree): this {
    const { scores, weights, data, loss, base } = this;
    let sum = 0;
    let total = 0;
    for (let i = 0; i < scores.length; i++) {
      scores[i]! += treeValue(tree, data.x, i * data.width);
      sum += weights[i]! * rowLoss(loss, base + scores[i]!, data.targets[i]!);
      total += weights[i]!;
    }
    const mean = sum / total;
    this.losses.push(mean);
    if (this.best === 0 || mean < this.losses[this.best - 1]!) this.best = this.losses.length;
    return this;
  }
}
