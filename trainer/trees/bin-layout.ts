// How bins lie in memory.

/** The bin of a missing value; the others are 0 … 254. */
export const MISSING_BIN = 255;
/** Columns whose bytes lie side by side: one 32-bit load fetches four bins. */
export const GROUP = 4;

/** Groups of four columns, the last one filled up with empty columns. */
export function groupsOf(width: number): number {
  return Math.ceil(width / GROUP);
}
