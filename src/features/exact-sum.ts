// A sum that does not depend on the order of its terms: within a step ticks may arrive in any order, and the archive
// has them in order of time.
const TWO_32 = 4294967296;

/**
 * Sums numbers from 0 to 2^84, each cut below 2^−64, in four parts of 32 bits. A part is a whole number in a float64,
 * so up to 2^21 terms are added without rounding; only `value` rounds.
 *
 * Example: after 0.1, 0.2 and 0.3 in any order `value === 0.6`.
 */
export class ExactSum {
  /** Whole multiples of 2^32, 1, 2^−32 and 2^−64. */
  readonly parts = new Float64Array(4);

  add(x: number): void {
    const { parts } = this;
    if (x >= TWO_32) {
      const high = Math.floor(x / TWO_32);
      parts[0]! += high;
      x -= high * TWO_32;
    }
    const whole = Math.floor(x);
    parts[1]! += whole;
    x = (x - whole) * TWO_32;
    const low = Math.floor(x);
    parts[2]! += low;
    parts[3]! += Math.floor((x - low) * TWO_32);
  }

  get value(): number {
    const { parts } = this;
    return parts[0]! * TWO_32 + (parts[1]! + (parts[2]! + parts[3]! / TWO_32) / TWO_32);
  }

  reset(): void {
    this.parts.fill(0);
  }
}
