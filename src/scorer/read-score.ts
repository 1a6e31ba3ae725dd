// The nodes of a score, as the trainer's `addTo` writes them, read back as parts.
import { BlendPart, type Weighted } from "./blend-part.ts";
import { ClippedPart } from "./clipped-part.ts";
import type { GraphWalk } from "./graph-walk.ts";
import { LinearPart } from "./linear-part.ts";
import { LinePart } from "./line-part.ts";
import { requireOwn } from "./not-own-graph.ts";
import { readTreeNodes, TREES_OP } from "./read-trees.ts";
import type { ScorePart } from "./score-part.ts";
import { TreePart } from "./tree-part.ts";

/** The part that computes a float64 value [N, 1]. Throws `NotOwnGraphError` for any other nodes. */
export function readScore(walk: GraphWalk, name: string): ScorePart {
  if (walk.opOf(name) === "Mul") return new BlendPart([readWeighted(walk, name)]);
  const [first, second] = walk.take(name, "Add", 2) as [string, string];
  if (!walk.isConstant(second)) return new BlendPart([...readSum(walk, first), readWeighted(walk, second)]);
  const added = walk.takeNumber(second);
  const op = walk.opOf(first);
  if (op === "Slice") return readLinear(walk, first, added);
  if (op === "Cast") return readTrees(walk, first, added);
  if (op === "Min") return readClipped(walk, first, added);
  const [slope, inner] = walk.take(first, "Mul", 2) as [string, string];
  return new LinePart(readScore(walk, inner), walk.takeNumber(slope), added);
}

/** The parts of a running sum. */
function readSum(walk: GraphWalk, name: string): Weighted[] {
  if (walk.opOf(name) === "Mul") return [readWeighted(walk, name)];
  const [before, last] = walk.take(name, "Add", 2) as [string, string];
  return [...readSum(walk, before), readWeighted(walk, last)];
}

function readWeighted(walk: GraphWalk, name: string): Weighted {
  const [weight, part] = walk.take(name, "Mul", 2) as [string, string];
  return { weight: walk.takeNumber(weight), part: readScore(walk, part) };
}

function readLinear(walk: GraphWalk, sum: string, bias: number): ScorePart {
  const { terms, width } = readRunningSum(walk, sum);
  const [coefficient, centred] = walk.take(terms, "Mul", 2) as [string, string];
  const [imputed, centre] = walk.take(centred, "Sub", 2) as [string, string];
  const [missing, fill, raw] = walk.take(imputed, "Where", 3) as [string, string, string];
  const [tested] = walk.take(missing, "IsNaN", 1);
  requireOwn(tested === raw, "IsNaN of another value");
  const columns = readColumns(walk, walk.takeDouble(raw));
  requireOwn(columns.length === width, `a sum of ${width} of ${columns.length} columns`);
  return new LinearPart({
    columns,
    bias,
    fill: walk.takeRow(fill, width),
    centre: walk.takeRow(centre, width),
    coefficient: walk.takeRow(coefficient, width),
  });
}

/** What is added up from left to right, and how many values it has. */
export function readRunningSum(walk: GraphWalk, name: string): { readonly terms: string; readonly width: number } {
  const [sums, last, end, axes] = walk.take(name, "Slice", 4) as [string, string, string, string];
  const [width = 0] = walk.takeIntegers(end);
  const places = [...walk.takeIntegers(last), ...walk.takeIntegers(end), ...walk.takeIntegers(axes)];
  requireOwn(places.join() === [width - 1, width, 1].join(), `Slice of ${places.join()}`);
  const [terms, axis] = walk.take(sums, "CumSum", 2) as [string, string];
  requireOwn(walk.takeIntegers(axis, true).join() === "1", "CumSum along another axis");
  return { terms, width };
}

function readTrees(walk: GraphWalk, leaves: string, base: number): ScorePart {
  const node = walk.takeNode(walk.takeDouble(leaves), TREES_OP, 1);
  const columns = readColumns(walk, node.inputs[0]!);
  return new TreePart(readTreeNodes(node.attributes, columns), base);
}

function readClipped(walk: GraphWalk, within: string, shift: number): ScorePart {
  const [above, high] = walk.take(within, "Min", 2) as [string, string];
  const [inner, low] = walk.take(above, "Max", 2) as [string, string];
  return new ClippedPart(readScore(walk, inner), walk.takeNumber(low), walk.takeNumber(high), shift);
}

/** `Gather` of `Gather` at most: the trainer writes one in a part of a volatility forecast's blend. */
const MOST_GATHERS = 4;

/** Places in the model's input of the columns of a float32 value [N, columns]. */
function readColumns(walk: GraphWalk, name: string, depth = 0): Int32Array {
  const { input, width } = walk.graph;
  requireOwn(depth <= MOST_GATHERS, "Gather of Gather");
  if (name === input) return Int32Array.from({ length: width }, (_, j) => j);
  const [from, list] = walk.take(name, "Gather", 2, { axis: 1 }) as [string, string];
  const columns = readColumns(walk, from, depth + 1);
  const places = walk.takeIntegers(list);
  requireOwn(
    places.every((place) => place >= 0 && place < columns.length),
    `Gather of ${places.join()}`,
  );
  return Int32Array.from(places, (place) => columns[place]!);
}
