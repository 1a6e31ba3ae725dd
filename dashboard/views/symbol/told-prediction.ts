// A prediction that was told, in the words of the last one that was asked for. What an event does not have is not
// shown beside it: it would be that of an older step.
import type { PredictionAnswer } from "../../../src/http/predict-schema.ts";
import type { PredictionEvent } from "../../gateway/stream-events.ts";

/** As the gateway has it: older than ten steps and one, a step is stale. */
const STALE_STEPS = 11;

export interface Told {
  readonly event: PredictionEvent;
  readonly stepMs: number;
  readonly nowMs: number;
}

/** The answer of what was told, if that is newer; null where nothing was asked for that it could stand in. */
export function toldPrediction(asked: PredictionAnswer | null, told: Told | null): PredictionAnswer | null {
  if (told === null || asked === null || !("ts" in asked) || told.event.ts <= asked.ts) return asked;
  const { ts, probability, threshold, alert, sigma_bps, tau_bps, prediction_id } = told.event;
  return {
    ...asked,
    ...{ ts, probability, threshold, alert, sigma_bps, tau_bps, prediction_id },
    probability_raw: null,
    sigma_quantiles_bps: null,
    age_ms: Math.max(0, told.nowMs - ts),
    stale: told.nowMs - ts > STALE_STEPS * told.stepMs,
    expired: false,
    warming_up: false,
    missing: [],
  };
}

/** Whether the answer says who made a prediction that was told. */
export function isOfModel(asked: PredictionAnswer | null, { model }: PredictionEvent): boolean {
  if (asked === null || !("ts" in asked) || asked.model === null) return false;
  return model === null || asked.model.sha256.startsWith(model);
}
