import { describe, expect, it } from "vitest";
import { binRows } from "../../../trainer/trees/binning.ts";
import { fitBoosting } from "../../../trainer/trees/boosting.ts";
import { addLeafValues, writeNodes } from "../../../trainer/trees/score-update.ts";
import { LEAF, type Tree, treeValue } from "../../../trainer/trees/tree.ts";
import { fitPlan, Workspace } from "../../../trainer/trees/workspace.ts";
import { PLAIN, randomProblem } from "./tree-problems.ts";

const rules = { l2: 0, minChildRows: 1, minChildWeight: 0, minGain: 0 };
const data = randomProblem(700, 6);
const binned = binRows(data, 20);

function added(tree: Tree): number[] {
  const workspace = new Workspace(
    fitPlan(binned, { slots: 1, leaves: 8, loss: "logistic", rules, monotone: undefined }),
  );
  workspace.scores.fill(0);
  writeNodes(workspace, tree, binned.thresholds);
  addLeafValues(workspace, 0, 300);
  addLeafValues(workspace, 300, 700);
  return [...workspace.scores];
}

describe("the values that a tree adds to all rows by their bins", () => {
  it("are those of their float32 values, missing ones included", () => {
    const { trees } = fitBoosting(data, { ...PLAIN, maxBins: 20 }, binned).ensemble;
    for (const tree of trees)
      expect(added(tree)).toEqual([...data.targets].map((_, i) => treeValue(tree, data.x, 6 * i)));
  });

  it("are right where a split parts missing values from all others", () => {
    const tree: Tree = {
      feature: Int32Array.of(5, LEAF, LEAF),
      threshold: Float32Array.of(Infinity, 0, 0),
      left: Int32Array.of(1, 0, 0),
      right: Int32Array.of(2, 0, 0),
      missingLeft: new Uint8Array(3),
      value: Float32Array.of(0, 1, 2),
      gain: new Float64Array(3),
    };
    const expected = [...data.targets].map((_, i) => (Number.isNaN(data.x[6 * i + 5]!) ? 2 : 1));
    expect(new Set(expected)).toEqual(new Set([1, 2]));
    expect(added(tree)).toEqual(expected);
  });
});
