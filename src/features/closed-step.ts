// What the grid says of one step when it closes.

/** One closed step. The object is reused: copy values that must outlive the call. */
export class ClosedStep {
  /** Grid index i; the step covers [iΔ, (i+1)Δ) ms. */
  index = 0;
  /** (i+1)Δ: the time stamp of the step's row, ms. */
  tsMs = 0;
  /** Ticks applied in this step. */
  ticks = 0;
  observed = false;
  /** Whether the closing tick came more than A after the step's end. */
  stale = false;
  /** Age of the newest tick at the step's end, ms. */
  ageMs = NaN;
  /** Source price at the step's end, carried while observed, else `NaN`. */
  price = NaN;
  /** Last trade price and last mid in force at the step's end (mid `NaN` without a quote at most A old). */
  lastPrice = NaN;
  midPrice = NaN;
  /** High and low of the source's prices inside this step, `NaN` without a tick. */
  high = NaN;
  low = NaN;
  /** Ask − bid in price units, at most A old, else `NaN`. */
  spread = NaN;
  /** bidSize / (bidSize + askSize) of the newest sized quote, at most A old, else `NaN`. */
  imbalance = NaN;
  /** Volume, trades, and volume bought less volume sold by takers; volumes in units of the base: see `StepFlow`. */
  volume = NaN;
  trades = NaN;
  signedVolume = NaN;
}
