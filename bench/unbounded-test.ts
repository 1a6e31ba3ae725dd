// A sequential test for a positive mean by betting; its result is valid at any number of looks. Callers choose the
// observations and act on the value.
import * as v from "valibot";
import { parseOrThrow } from "../src/schemas/parse-or-throw.ts";
import { crossCheck } from "../src/schemas/cross-check.ts";
import { exp, ln } from "../src/features/exact-math.ts";
import { fields, finiteNumber, wholeNumber, type Parsed } from "../src/schemas/schema-values.ts";

/** The largest stake: with gains in [−1, 1] the capital never falls below half of what it was. */
const MAX_LAMBDA = 0.5;

/** Prior of the estimate of mean and variance: this many pseudo-gains of this mean and standard deviation. */
const PRIOR = { blocks: 20, mean: 0.002, deviation: 0.03 } as const;

/** Gains are in [−1, 1], so no sum of them exceeds their count. */
export const sequentialStateSchema = v.pipe(
  fields({ blocks: wholeNumber(0), sum: finiteNumber(), sumOfSquares: finiteNumber(0), logE: finiteNumber() }),
  crossCheck(({ blocks, sum, sumOfSquares }) => {
    const expected = `at most the count of gains, ${blocks}`;
    if (Math.abs(sum) > blocks) return { path: ["sum"], got: String(sum), expected };
    return sumOfSquares > blocks ? { path: ["sumOfSquares"], got: String(sumOfSquares), expected } : undefined;
  }),
);

/** The complete state of a test, for storage. */
export type SequentialState = Parsed<typeof sequentialStateSchema>;

/**
 * The e-process e_t = Π (1 + λ_b · d_b) over gains d_b in [−1, 1], with the stake λ_b in [0, ½] chosen from earlier
 * gains only: mean / (variance + mean²) of those and of an optimistic prior (20 gains of mean 0.002 and deviation
 * 0.03), an approximation of the stake that makes the capital grow fastest ("aGRAPA", Waudby-Smith and Ramdas 2024,
 * section B.3).
 *
 * Null hypothesis: each gain's mean, given all earlier ones, is at most 0. Then e_t is a non-negative supermartingale
 * that starts at 1, and by Ville's inequality it ever reaches 20 with a probability of at most 1/20.
 *
 * Example: three gains of 0.2 make e = 1.1³ = 1.331; the stake is ½ from the first on.
 */
export class UnboundedTest {
  private count = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private log = 0;

  /** Continues a test from `state`. Throws `RangeError` for an invalid state. */
  static from(state: SequentialState): UnboundedTest {
    const refuse = (text: string): Error => new RangeError(text);
    const { blocks, sum, sumOfSquares, logE } = parseOrThrow(sequentialStateSchema, state, { name: "state", refuse });
    const test = new UnboundedTest();
    test.count = blocks;
    test.sum = sum;
    test.sumOfSquares = sumOfSquares;
    test.log = logE;
    return test;
  }

  /** Adds a gain. A gain that is not finite is skipped; one outside [−1, 1] is clipped. */
  update(gain: number): void {
    if (!Number.isFinite(gain)) return;
    const d = Math.min(Math.max(gain, -1), 1);
    this.log += ln(1 + this.lambda * d);
    this.count += 1;
    this.sum += d;
    this.sumOfSquares += d * d;
  }

  /** The stake on the next gain. */
  get lambda(): number {
    const n = this.count + PRIOR.blocks;
    const mean = (this.sum + PRIOR.blocks * PRIOR.mean) / n;
    if (!(mean > 0)) return 0;
    const prior = PRIOR.blocks * (PRIOR.deviation * PRIOR.deviation + PRIOR.mean * PRIOR.mean);
    // The second moment is the variance plus the mean's square.
    return Math.min(mean / ((this.sumOfSquares + prior) / n), MAX_LAMBDA);
  }

  /** ln e; 0 before the first gain. */
  get logE(): number {
    return this.log;
  }

  /** The evidence against the null hypothesis; 1 before the first gain. */
  get value(): number {
    return exp(this.log);
  }

  /** Number of gains so far. */
  get blocks(): number {
    return this.count;
  }

  toJSON(): SequentialState {
    return { blocks: this.count, sum: this.sum, sumOfSquares: this.sumOfSquares, logE: this.log };
  }
}
