// What a symbol's own market explains: how far the next tick may be ahead in time, and how far its price may jump. The
// grid holds a tick beyond that until the next one shows whether it was right.
import { QUOTE_FIELDS, TICK_FIELDS } from "./packed-ticks.ts";

/** What the doubts take from the grid's parameters. */
interface DoubtRules {
  readonly stepMs: number;
  readonly gapSteps: number;
  readonly source: "last" | "mid";
}

/** A lone jump up to this share of the price is never doubted, however calm the market. */
const LEAST_JUMP = 0.05;
/** A jump of up to ten volatilities of a minute of steps is explained. */
const EXPLAINED_VOLATILITIES = 10;
/** A tick is early when the steps that it skips would have held this many ticks at the market's rate, */
const EXPECTED_TICKS = 3;
/** in a market with about one tick a step or more: in a sparser one a silence says nothing. */
const LEAST_TICKS_PER_STEP = 0.9;
/** Steps of this length or longer may be bars, whose high and low are often lone prices. */
const LEAST_BAR_MS = 60_000;

/**
 * Doubts about a tick from the statistics of the steps before it. Without statistics, as in a new segment, nothing but
 * a gap is doubted.
 *
 * Example: after `update(0.001, 2)` a price of 106 after 100 is a jump and 104 is none; a tick that skips 2 steps is
 * early and one that skips 1 is not.
 */
export class TickDoubts {
  private readonly gapSteps: number;
  private readonly mayHaveBars: boolean;
  private readonly useMid: boolean;
  private jumpRatio = Infinity;
  private ticksPerStep = 0;

  /** A tick more than `gapSteps` ahead is always doubted. */
  constructor({ stepMs, gapSteps, source }: DoubtRules) {
    this.gapSteps = gapSteps;
    this.mayHaveBars = stepMs >= LEAST_BAR_MS;
    this.useMid = source === "mid";
  }

  /**
   * @param rv60 RV_60 as a fraction, `NaN` while unknown.
   * @param ticksPerStep mean over the last 60 steps, `NaN` while unknown.
   */
  update(rv60: number, ticksPerStep: number): void {
    this.jumpRatio = rv60 >= 0 ? 1 + Math.max(LEAST_JUMP, EXPLAINED_VOLATILITIES * rv60) : Infinity;
    this.ticksPerStep = ticksPerStep >= LEAST_TICKS_PER_STEP ? ticksPerStep : 0;
  }

  /** Whether the market is known to have about one tick a step or more. */
  get isDense(): boolean {
    return this.ticksPerStep > 0;
  }

  /** Whether a tick so many steps after the open one is ahead of its time. */
  isAhead(steps: number): boolean {
    return steps > 1 && (steps > this.gapSteps || (steps - 1) * this.ticksPerStep >= EXPECTED_TICKS);
  }

  /**
   * Whether the price of packed tick `i` is a jump from the last one that nothing explains; `false` where either is
   * `NaN`.
   */
  isJump(rows: Float64Array, i: number, price: number, last: number): boolean {
    const isFar = price > last * this.jumpRatio || price * this.jumpRatio < last;
    return isFar && !this.isExplained(rows, i * TICK_FIELDS);
  }

  /** A trade is explained by its own quote on both sides of it; so is a tick of a bar: it has price and flow alone. */
  private isExplained(rows: Float64Array, at: number): boolean {
    const price = rows[at + 1]!;
    if (!this.useMid && rows[at + 2]! <= price && price <= rows[at + 3]!) return true;
    return this.mayHaveBars && rows.subarray(at + 2, at + QUOTE_FIELDS).every(Number.isNaN);
  }
}

/** Whether a price is nearer to `held` than to `last`, in ratios; `true` where it is `NaN`. */
export function isNearerPrice(price: number, held: number, last: number): boolean {
  return !(ratio(price, held) > ratio(price, last));
}

function ratio(a: number, b: number): number {
  return a > b ? a / b : b / a;
}
