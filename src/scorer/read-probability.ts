// The nodes of a calibration, as the trainer's `addCalibration` writes them, read back as parts. Beta calibration is
// left to onnxruntime: its `Log` rests on tables of the C library that cannot be computed anew.
import type { GraphWalk } from "./graph-walk.ts";
import { IsotonicPart } from "./isotonic-part.ts";
import { requireOwn } from "./not-own-graph.ts";
import { readRunningSum, readScore } from "./read-score.ts";
import type { ScorePart } from "./score-part.ts";
import { SigmoidPart } from "./sigmoid-part.ts";

/** The part that computes a float64 probability [N, 1]. Throws `NotOwnGraphError` for any other nodes. */
export function readProbability(walk: GraphWalk, name: string): ScorePart {
  if (walk.opOf(name) === "Max") return readIsotonic(walk, name);
  return new SigmoidPart(readScore(walk, walk.take(name, "Sigmoid", 1)[0]!));
}

function readIsotonic(walk: GraphWalk, name: string): ScorePart {
  const [capped, least] = walk.take(name, "Max", 2) as [string, string];
  const [total, most] = walk.take(capped, "Min", 2) as [string, string];
  const [rise, base] = walk.take(total, "Add", 2) as [string, string];
  const { terms, width: count } = readRunningSum(walk, rise);
  const [slope, within] = walk.take(terms, "Mul", 2) as [string, string];
  const [reached, width] = walk.take(within, "Min", 2) as [string, string];
  const [past, zero] = walk.take(reached, "Max", 2) as [string, string];
  const [score, from] = walk.take(past, "Sub", 2) as [string, string];
  const limits = [walk.takeNumber(least), walk.takeNumber(most), walk.takeNumber(zero)];
  requireOwn(limits.join() === "0,1,0", `isotonic between ${limits.join()}`);
  return new IsotonicPart(readScore(walk, score), {
    from: walk.takeRow(from, count),
    width: walk.takeRow(width, count),
    slope: walk.takeRow(slope, count),
    base: walk.takeNumber(base),
  });
}
