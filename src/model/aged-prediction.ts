// A prediction as it is to be read at a given time. A symbol's object keeps its last one for as long as no step closes;
// what was true when it was made need not be true when it is read. Worker and objects read it with the same code.

/** The part of a prediction that its age changes. */
interface Datable {
  /** End of the step, ms. */
  readonly tsMs: number;
  readonly horizonMs: number;
  /** Age from which it is stale: A plus one step. */
  readonly staleAfterMs: number;
  readonly stale: boolean;
  readonly alert: boolean | null;
}

export type Aged<P extends Datable> = P & {
  /** Wall-clock ms since the end of the step; 0 for a step that ends in the future. */
  readonly ageMs: number;
  /** Whether the predicted horizon is over. `alert` is then `null`. */
  readonly expired: boolean;
};

/** `stale` is also true from the age A plus one step on: the feed is silent. */
export function agePrediction<P extends Datable>(prediction: P, nowMs: number): Aged<P> {
  const ageMs = Math.max(0, nowMs - prediction.tsMs);
  const expired = ageMs > prediction.horizonMs;
  const stale = prediction.stale || ageMs >= prediction.staleAfterMs;
  return { ...prediction, ageMs, expired, stale, alert: expired ? null : prediction.alert };
}
