// What the plots of one family are drawn from.
import { precisionRecallCurve } from "../evaluate/metrics/precision-recall-curve.ts";
import { reliabilityTable } from "../evaluate/metrics/reliability.ts";
import type { FamilyCurves } from "../run/run-report.ts";

const HISTOGRAM_BINS = 40;
const CURVE_POINTS = 200;

/** @param probabilities one per label, from 0 to 1. */
export function familyCurves(labels: Uint8Array, probabilities: Float32Array): FamilyCurves {
  const calm = new Array<number>(HISTOGRAM_BINS).fill(0);
  const spike = new Array<number>(HISTOGRAM_BINS).fill(0);
  probabilities.forEach((p, i) => {
    const bin = Math.min(Math.floor(p * HISTOGRAM_BINS), HISTOGRAM_BINS - 1);
    (labels[i] === 1 ? spike : calm)[bin]! += 1;
  });
  return {
    precisionRecall: precisionRecallCurve(labels, probabilities, CURVE_POINTS).map(({ recall, precision }) => ({
      recall,
      precision,
    })),
    reliability: reliabilityTable(labels, probabilities).flatMap(({ count, meanProbability, positiveShare }) =>
      count === 0 ? [] : [{ count, meanProbability: meanProbability!, observed: positiveShare! }],
    ),
    histogram: { calm, spike },
  };
}
