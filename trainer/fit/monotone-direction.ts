// The features whose effect on the next volatility has a known sign.

/** Volatility over the threshold, by whatever measure and window: more of it never means fewer spikes. */
const RISING = /^(rv|ewma|bipower|parkinson|range)_(\d+|(rv_|parkinson_)?h\d+(_\d+)?)_over_tau$/;

/** 1 where the score may only rise with the feature, 0 where it is free. */
export function monotoneDirection(feature: string): 0 | 1 {
  return RISING.test(feature) ? 1 : 0;
}
