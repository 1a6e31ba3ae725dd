// The pause before the next attempt to connect.

const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * Doubles with each attempt in vain up to a minute, times a random factor from 0.5 to 1: clients that lost a venue
 * together do not come back together.
 *
 * @param attempts in vain since the last connection that held, from 1.
 * @param random from 0 to 1.
 */
export function backOffMs(attempts: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
  return longest * (0.5 + random / 2);
}
