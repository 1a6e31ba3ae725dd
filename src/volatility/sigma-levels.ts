// The quantiles of the horizon's volatility that are answered beside its forecast.

/** Ascending. The first and the last bound the interval of 80 %. */
export const SIGMA_LEVELS = [0.1, 0.5, 0.9] as const;
export const LEVELS = SIGMA_LEVELS.length;
