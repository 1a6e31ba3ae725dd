// Whether something kept is still to be used. Beside deadline.ts: every room of the Worker keeps values for some time.

/**
 * Whether `atMs` is at most `withinMs` before `nowMs`. A time in the future is not fresh: the wall clock was set back,
 * and the value could otherwise be used until that time comes again.
 */
export function isFresh(atMs: number, withinMs: number, nowMs: number): boolean {
  return atMs <= nowMs && nowMs - atMs < withinMs;
}
