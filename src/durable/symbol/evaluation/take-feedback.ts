// Takes labels from outside: finds the grid whose model made the prediction. A model is made for one grid.
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { FeedbackLabel, FeedbackOutcome, FeedbackStore } from "./feedback-store.ts";

/** The predictions of one grid, and where its labels are stored. */
export interface LabelledGrid {
  readonly quality: LiveQuality;
  readonly store: FeedbackStore;
}

/** Stores the label with the first grid that knows the prediction; `accepted` is durable. */
export function takeFeedback(grids: readonly LabelledGrid[], label: Omit<FeedbackLabel, "bin">): FeedbackOutcome {
  let refusal: FeedbackOutcome = "unknown_model";
  for (const grid of grids) {
    const outcome = takeOn(grid, label);
    if (outcome === "accepted" || outcome === "duplicate" || outcome === "conflict") return outcome;
    if (outcome !== "unknown_model") refusal = outcome;
  }
  return refusal;
}

function takeOn({ quality, store }: LabelledGrid, { step, sha12, label }: Omit<FeedbackLabel, "bin">): FeedbackOutcome {
  const found = quality.lookup(sha12, step);
  if (typeof found !== "string") return store.add({ step, sha12, label, bin: found.bin });
  const bin = store.answeredBin(step, sha12);
  return bin === undefined ? found : store.add({ step, sha12, label, bin });
}
