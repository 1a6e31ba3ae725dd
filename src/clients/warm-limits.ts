// How much history a symbol can begin with.

/** Most ticks of a history: they cross RPC as one message, and memory holds them several times. */
export const MAX_WARM_TICKS = 100_000;
