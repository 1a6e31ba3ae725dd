// A sequential test for a positive mean by betting, on gains that are bounded by what is known before them: the process
// of promotions, demotions and quality alerts. Callers choose the gains and act on the value.
import * as v from "valibot";
import { exp, ln } from "../../features/exact-math.ts";
import { crossCheck } from "../../schemas/cross-check.ts";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";
import { type GroupMoments, GROUP_LENGTHS, groupMomentsSchema, NO_GROUPS, withGain } from "./group-moments.ts";

/** The largest stake: of the capital at least a tenth is left after the worst possible gain. */
const MAX_STAKE = 0.9;
/** Prior of the estimate of mean and variance: this many pseudo-gains of this mean and standard deviation. */
const PRIOR = { gains: 10, mean: 0.05, deviation: 0.4 } as const;
/** Groups are doubled while neighbouring ones correlate by more than this, once so many were seen. */
const MOST_CORRELATION = 0.1;
const FEWEST_GROUPS = 16;
const ROUNDING = 1e-12;
/** They are not doubled where the estimate of the best stake is at least this: the one that is bet is far below it. */
const FAR_BEYOND = 2 * MAX_STAKE;

export const bettingStateSchema = v.pipe(
  fields({
    gains: wholeNumber(0),
    logE: finiteNumber(),
    /** The group that is being filled: its length, its stake, and its gains so far. */
    length: wholeNumber(1, GROUP_LENGTHS.at(-1)),
    stake: finiteNumber(0, MAX_STAKE),
    filled: wholeNumber(0),
    filledSum: finiteNumber(),
    /** Per length of groups. */
    moments: v.pipe(v.array(groupMomentsSchema, "a list"), v.length(GROUP_LENGTHS.length, "one for each length")),
  }),
  crossCheck(({ length, filled, filledSum }) => {
    if (filled >= length) return { path: ["filled"], got: String(filled), expected: `fewer than ${length}` };
    const expected = `at most ${filled} in size`;
    return Math.abs(filledSum) > filled ? { path: ["filledSum"], got: String(filledSum), expected } : undefined;
  }),
);

/** The complete state of a process, for storage. */
export type BettingState = Parsed<typeof bettingStateSchema>;

const START: BettingState = {
  ...{ gains: 0, logE: 0, length: 1, stake: 0, filled: 0, filledSum: 0 },
  moments: GROUP_LENGTHS.map(() => NO_GROUPS),
};

/**
 * The e-process e = Π (1 + f · g) over gains g in [−1, 1]: each is a sum divided by a bound of its size that was fixed
 * before it (`BlockBudget`). The stake f, in [0, 0.9], is chosen from earlier gains only: mean / second moment of those
 * and of an optimistic prior (10 gains of mean 0.05 and deviation 0.4), an approximation of the stake that makes the
 * capital grow fastest ("aGRAPA", Waudby-Smith and Ramdas 2024, section B.3).
 *
 * Groups: where neighbouring gains correlate by more than 0.1, one bet is made on the mean of 2, 4 or 8 gains. Length
 * and stake of a group are chosen before its first gain; `value` changes when it is full.
 *
 * Null hypothesis: the mean of each group's gains, given everything before the group, is at most 0. Then e is a
 * non-negative supermartingale that starts at 1, and by Ville's inequality it ever reaches 20 with a probability of at
 * most 1/20. With single gains it is a hypothesis on each gain; positive autocorrelation violates that one (after a
 * good gain the next one's mean is above 0), and groups bring it nearer to one on the long-run mean.
 *
 * Example: a gain of 0.2 is bet on with 0.05 / (0.4² + 0.05²) = 0.308 of the capital: e = 1.062.
 */
export class Betting {
  private state: BettingState = { ...START, stake: wantedStake(1, NO_GROUPS) };

  /** Continues from `state`. Throws `RangeError` for an invalid state. */
  static from(state: BettingState): Betting {
    const refuse = (text: string): Error => new RangeError(text);
    const betting = new Betting();
    betting.state = parseOrThrow(bettingStateSchema, state, { name: "state", refuse });
    return betting;
  }

  /** Continues another process on the same hypothesis that has seen so many gains: its capital is bet from here on. */
  static after(gains: number, logE: number): Betting {
    const betting = new Betting();
    betting.state = { ...betting.state, gains, logE };
    return betting;
  }

  /** Adds a gain. One that is not finite is skipped; one outside [−1, 1] is clipped. */
  update(gain: number): void {
    if (!Number.isFinite(gain)) return;
    const g = Math.min(Math.max(gain, -1), 1);
    const { state } = this;
    const gains = state.gains + 1;
    const moments = state.moments.map((one, i) => withGain(one, GROUP_LENGTHS[i]!, g));
    const [filled, filledSum] = [state.filled + 1, state.filledSum + g];
    if (filled < state.length) {
      this.state = { ...state, gains, moments, filled, filledSum };
      return;
    }
    const logE = state.logE + ln(1 + state.stake * (filledSum / filled));
    const [length, stake] = nextGroup(moments);
    this.state = { gains, logE, length, stake, filled: 0, filledSum: 0, moments };
  }

  /** The share of the capital that is bet on the present group. */
  get stake(): number {
    return this.state.stake;
  }

  /** Gains in the present group. */
  get groupLength(): number {
    return this.state.length;
  }

  /** ln e; 0 before the first gain. */
  get logE(): number {
    return this.state.logE;
  }

  /**
   * The evidence against the null hypothesis; 1 before the first gain. At most the largest number, since JSON has no
   * infinity: a month of seconds with gains of 0.3 reaches it.
   */
  get value(): number {
    return Math.min(exp(this.state.logE), Number.MAX_VALUE);
  }

  /** Number of gains so far. */
  get gains(): number {
    return this.state.gains;
  }

  toJSON(): BettingState {
    return this.state;
  }
}

/**
 * The shortest groups that are not known to correlate, and the stake on the next of them. Where the estimate is beyond
 * all stakes that are allowed, groups are not needed: a stake so far below the fastest one gains little from
 * autocorrelation, and groups would only slow it down.
 */
function nextGroup(moments: readonly GroupMoments[]): readonly [length: number, stake: number] {
  let at = 0;
  let wanted = wantedStake(GROUP_LENGTHS[0], moments[0]!);
  while (at < GROUP_LENGTHS.length - 1 && wanted < FAR_BEYOND && correlates(moments[at]!)) {
    at += 1;
    wanted = wantedStake(GROUP_LENGTHS[at]!, moments[at]!);
  }
  return [GROUP_LENGTHS[at]!, Math.min(wanted, MAX_STAKE)];
}

function correlates({ groups, sum, squares, products }: GroupMoments): boolean {
  if (groups < FEWEST_GROUPS) return false;
  const mean = sum / groups;
  const variance = squares / groups - mean * mean;
  // Of gains that are all alike there is rounding alone.
  if (!(variance > ROUNDING * (squares / groups))) return false;
  return products / (groups - 1) - mean * mean > MOST_CORRELATION * variance;
}

/** Mean over second moment, not limited from above. A group of several gains has the prior of as many. */
function wantedStake(length: number, { sum, squares }: GroupMoments): number {
  const weight = PRIOR.gains / length;
  const total = sum + weight * PRIOR.mean;
  if (!(total > 0)) return 0;
  const second = (PRIOR.deviation * PRIOR.deviation) / length + PRIOR.mean * PRIOR.mean;
  return total / (squares + weight * second);
}
