// What alerts at an operating threshold are worth: the four counts, and precision, recall and F1 from them.

/** Counts of rows, and shares that are `null` where their denominator is 0. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** Of the alerts, how many were spikes; `null` without an alert. */
  readonly precision: number | null;
  /** Of the spikes, how many were alerted; `null` without a spike. */
  readonly recall: number | null;
  /** 2TP / (2TP + FP + FN); `null` without a spike and without an alert. */
  readonly f1: number | null;
  /** Alerts over rows; `null` without rows. */
  readonly alertRate: number | null;
}

/**
 * A row alerts when its probability is at least the threshold. Where this is `null`, scikit-learn returns 0 with a
 * warning; here a missing figure is not treated as a bad one.
 *
 * Example: labels 1 0 1 with probabilities 0.9 0.6 0.2 at 0.5: precision ½, recall ½, F1 ½, alert rate ⅔.
 *
 * @param threshold one for all rows, or one per row (each fold of a walk-forward has its own).
 */
export function confusionAt(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  threshold: number | ArrayLike<number>,
): Confusion {
  let truePositives = 0;
  let alerts = 0;
  let positives = 0;
  for (let k = 0; k < labels.length; k++) {
    positives += labels[k]!;
    if (!(probabilities[k]! >= (typeof threshold === "number" ? threshold : threshold[k]!))) continue;
    alerts += 1;
    truePositives += labels[k]!;
  }
  return confusionOf({ rows: labels.length, positives, alerts, truePositives });
}

/** The same from counts. */
export function confusionOf(counts: {
  readonly rows: number;
  readonly positives: number;
  readonly alerts: number;
  readonly truePositives: number;
}): Confusion {
  const { rows, positives, alerts, truePositives } = counts;
  return {
    truePositives,
    falsePositives: alerts - truePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: rows - alerts - positives + truePositives,
    precision: alerts > 0 ? truePositives / alerts : null,
    recall: positives > 0 ? truePositives / positives : null,
    f1: alerts + positives > 0 ? (2 * truePositives) / (alerts + positives) : null,
    alertRate: rows > 0 ? alerts / rows : null,
  };
}
