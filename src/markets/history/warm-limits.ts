// How much history a symbol can begin with.

/** Most ticks of a history: they cross RPC as one message, and memory holds them several times. */
export const MAX_WARM_TICKS = 30_000;
/**
 * Most steps of a history: older ticks are left out. At steps of 1 s those of a day and four hours, more than any
 * window of a usual label; each costs some ten µs.
 */
export const MAX_WARM_STEPS = 100_000;
