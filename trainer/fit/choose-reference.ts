// The reference of a run: the baseline that is strongest by the training rows alone. Every figure of a model stands
// against it.
import { REQUIRED } from "../candidates/families.ts";
import { logLoss } from "../evaluate/metrics/log-loss.ts";
import type { Dataset } from "../rows/dataset.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { applyModel } from "../score/apply-model.ts";
import { type Choice, type FamilyFit, lowestHeldOutLoss } from "./fit-families.ts";
import type { FittedModel } from "./fit-model.ts";

/**
 * The baseline whose probabilities have the lowest log loss on the inner folds' held-out rows; where these cannot say,
 * on the training rows themselves.
 * @throws Error when no baseline was fitted.
 */
export function chooseReference(data: Dataset, fits: readonly FamilyFit[], train: Int32Array): Choice {
  const baselines = fits.filter(({ family }) => REQUIRED.includes(family));
  const heldOut = lowestHeldOutLoss(baselines);
  if (heldOut !== undefined) return { family: heldOut.family, why: `of the baselines, ${heldOut.why}` };
  const losses = baselines.flatMap(({ family, model }) =>
    "refused" in model ? [] : [{ family, loss: trainingLoss(data, model, train) }],
  );
  if (losses.length === 0) throw new Error("no baseline could be fitted");
  const best = losses.reduce((a, b) => (b.loss < a.loss ? b : a));
  const tried = losses.map(({ family, loss }) => `${family} ${loss.toFixed(5)}`).join(", ");
  const why = `of the baselines, lowest log loss on the training rows (${tried}): no held-out rows with both outcomes`;
  return { family: best.family, why };
}

function trainingLoss(data: Dataset, { score, calibration }: FittedModel, train: Int32Array): number {
  const labels = Uint8Array.from(train, (k) => data.rows.label[k]!);
  return logLoss(labels, applyModel({ score, calibration }, data, train), symbolWeights(data, train));
}
