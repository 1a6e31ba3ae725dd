// Everything of one model that is a sum over rows, added up per block once: figures without some blocks
// are then made from sums.
import { ln } from "../../../src/features/exact-math.ts";
import { RELIABILITY_BINS, reliabilityBin } from "../../../src/quality/reliability-bin.ts";
import { confusionOf } from "../metrics/confusion.ts";
import type { ModelPredictions } from "./prediction-set.ts";

/** Figures of one model on some of the rows; `NaN` where one does not exist. */
export interface SumFigures {
  readonly rows: number;
  readonly positives: number;
  readonly brier: number;
  readonly brierSkill: number;
  readonly logLoss: number;
  readonly ece: number;
  /** Per reliability bin: mean over all rows of probability − label, of the rows in the bin. */
  readonly gaps: Float64Array;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly alertRate: number;
}

/** Columns of the sums, then per bin of the reliability table: rows, sum of probabilities, positives. */
const ROWS = 0;
const POSITIVES = 1;
const SQUARES = 2;
const LOGS = 3;
const ALERTS = 4;
const TRUE_ALERTS = 5;
const BINS = 6;
const WIDTH = BINS + 3 * RELIABILITY_BINS;

/** Sums [blocks × WIDTH] of one model. */
export class BlockSums {
  private readonly sums: Float64Array;
  private readonly total = new Float64Array(WIDTH);

  constructor(labels: Uint8Array, model: ModelPredictions, blocks: Int32Array, blockCount: number) {
    const { probabilities, threshold } = model;
    const sums = new Float64Array(blockCount * WIDTH);
    for (let k = 0; k < labels.length; k++) {
      const y = labels[k]!;
      const p = probabilities[k]!;
      const at = blocks[k]! * WIDTH;
      const clipped = Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);
      const alert = p >= (typeof threshold === "number" ? threshold : threshold[k]!) ? 1 : 0;
      const bin = at + BINS + 3 * reliabilityBin(p);
      sums[at + ROWS]! += 1;
      sums[at + POSITIVES]! += y;
      sums[at + SQUARES]! += (p - y) * (p - y);
      sums[at + LOGS]! -= ln(y === 1 ? clipped : 1 - clipped);
      sums[at + ALERTS]! += alert;
      sums[at + TRUE_ALERTS]! += alert * y;
      sums[bin]! += 1;
      sums[bin + 1]! += p;
      sums[bin + 2]! += y;
    }
    this.sums = sums;
  }

  /** The figures with every block taken as often as `times` says. */
  figures(times: Int32Array): SumFigures {
    const { sums, total } = this;
    total.fill(0);
    for (let b = 0; b < times.length; b++) {
      const weight = times[b]!;
      if (weight === 0) continue;
      const at = b * WIDTH;
      for (let j = 0; j < WIDTH; j++) total[j]! += weight * sums[at + j]!;
    }
    const [rows, positives] = [total[ROWS]!, total[POSITIVES]!];
    const brier = total[SQUARES]! / rows;
    const base = positives / rows;
    const climatology = base * (1 - base);
    const gaps = new Float64Array(RELIABILITY_BINS);
    let absolute = 0;
    for (let k = 0; k < RELIABILITY_BINS; k++) {
      const gap = total[BINS + 3 * k + 1]! - total[BINS + 3 * k + 2]!;
      gaps[k] = gap / rows;
      absolute += Math.abs(gap);
    }
    const counts = { rows, positives, alerts: total[ALERTS]!, truePositives: total[TRUE_ALERTS]! };
    const { precision, recall, f1, alertRate } = confusionOf(counts);
    return {
      rows,
      positives,
      brier,
      brierSkill: climatology > 0 ? 1 - brier / climatology : NaN,
      logLoss: total[LOGS]! / rows,
      ece: absolute / rows,
      gaps,
      precision: precision ?? NaN,
      recall: recall ?? NaN,
      f1: f1 ?? NaN,
      alertRate: alertRate ?? NaN,
    };
  }
}
