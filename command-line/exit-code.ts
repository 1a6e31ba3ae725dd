// The exit codes of the programs.

/**
 * - `done`: what was asked for is done.
 * - `failed`: a bug, a failure on the way, or a comparison that found a difference.
 * - `mistake`: the user must change something, see `UserError`.
 * - `refused`: all went well, and the answer is no: a gate or a rule refused a model.
 *
 * A program that a signal ends exits with 128 plus the signal's number, see `onSignal`.
 */
export const EXIT = { done: 0, failed: 1, mistake: 2, refused: 3 } as const;
