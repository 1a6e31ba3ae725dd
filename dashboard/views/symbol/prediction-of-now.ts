// A prediction as it is to be read now. The gateway says when it answers whether the horizon is over; when no newer
// answer comes, the page must say so itself.
import type { PredictionAnswer } from "../../../src/http/predict-schema.ts";

/** The prediction, expired and without an alert when its horizon is over by the gateway's clock. */
export function predictionOfNow(prediction: PredictionAnswer | null, nowMs: number): PredictionAnswer | null {
  if (prediction === null || !("ts" in prediction)) return prediction;
  if (nowMs - prediction.ts <= prediction.horizon_s * 1000) return prediction;
  return { ...prediction, expired: true, stale: true, alert: null };
}
