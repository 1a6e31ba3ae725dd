// What an artifact may cost. An isolate has 128 MB for everything; a model runs in one thread that nothing interrupts.

const MIB = 2 ** 20;

/** Size of `model.onnx` at most. The runtime holds about three times as much while it loads. */
export const MAX_MODEL_BYTES = 16 * MIB;

/** Size of `manifest.json` at most. One with a drift reference of 33 columns has about 0.1 MiB. */
export const MAX_MANIFEST_BYTES = 2 * MIB;

/** Nodes of a graph at most, those of inner graphs included. Trees are attributes of one node. */
export const MAX_NODES = 5000;

/** Memory of the WASM runtime at most, for all models of an isolate and the run that is under way. */
export const MAX_RUNTIME_BYTES = 64 * MIB;

/**
 * Rows of one run at most; more rows are split over several runs, with the same result. A model is tried with as many
 * before it serves.
 */
export const MAX_ROWS_PER_RUN = 1024;

/** Longest time of one run on trial. */
export const MAX_RUN_MS = 5000;
