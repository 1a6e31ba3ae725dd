// Parameters of the simulated market, which a run may change while it goes on: for demonstrations and tests of drift.
// The files that use them define their effect.

/** What drives volatility, jumps and the spread of a simulated market. */
export interface MarketDynamics {
  /** Relaxation times of volatility's minutes and hours, ms: how long a burst lasts. */
  readonly fastRelaxationMs: number;
  readonly slowRelaxationMs: number;
  /** Standard deviations of their parts of ln σ: how strong the bursts are. */
  readonly fastDeviation: number;
  readonly slowDeviation: number;
  /** Jumps an hour at median volatility. */
  readonly jumpsPerHour: number;
  /** How much the spread widens with volatility and after large moves: 0 not at all, 1 as usual, 2 twice as much. */
  readonly spreadReaction: number;
  /** Median volatility of one second, bps. */
  readonly medianSigmaBps: number;
}

/** Median volatility: 4 bps over 60 s, some 30 % a year, as BTC has in quiet months; jumps: one in 15 minutes. */
export const USUAL_DYNAMICS: MarketDynamics = {
  fastRelaxationMs: 100_000,
  slowRelaxationMs: 45 * 60_000,
  fastDeviation: 0.38,
  slowDeviation: 0.4,
  jumpsPerHour: 4,
  spreadReaction: 1,
  medianSigmaBps: 4 / Math.sqrt(60),
};

/**
 * A market in which bursts of volatility have lost their persistence: they are stronger than usual and over within
 * seconds, hours do not differ, and the spread overreacts. A model of the usual market then takes every burst for the
 * beginning of a spike and is clearly worse than one that is trained again (`npm run bench:drift -- regime` prints by
 * how much). For demonstrations of drift and retraining.
 */
export const REGIME_CHANGE: Partial<MarketDynamics> = {
  fastRelaxationMs: 3_000,
  fastDeviation: 1.2,
  slowDeviation: 0.05,
  spreadReaction: 2,
};

/** From `fromMs` on the market has these dynamics, in place of those before; what is not named is as usual. */
export interface DynamicsChange {
  readonly fromMs: number;
  readonly dynamics: Partial<MarketDynamics>;
}

/**
 * From `fromMs` on all prices, the tick size with them, are `factor` times what they would have been, as in another
 * unit of money: ticks, sizes and returns are otherwise the same, to the last bit when `factor` is a power of two. The
 * one return across the change holds a jump of ln(factor), unless the market halts for longer than the grid's gap
 * (`haltMs`, 0 without it): a new segment then begins at the new level, and no return spans the change.
 */
export interface PriceLevelChange {
  readonly fromMs: number;
  readonly factor: number;
  readonly haltMs?: number;
}

/** Checks the numbers of a change and fills up what it leaves out. Throws `RangeError` naming the field. */
export function completeDynamics(dynamics: Partial<MarketDynamics>): MarketDynamics {
  const complete = { ...USUAL_DYNAMICS, ...dynamics };
  for (const [name, value] of Object.entries(complete) as [keyof MarketDynamics, number][]) {
    const positive = name.endsWith("Ms") || name === "medianSigmaBps";
    if (!(Number.isFinite(value) && (positive ? value > 0 : value >= 0))) {
      throw new RangeError(`dynamics.${name}: got ${value}, expected a number ${positive ? "above 0" : "from 0 on"}`);
    }
  }
  return complete;
}

/** Throws `RangeError` naming the field when a change is out of range or the changes are not in order of time. */
export function assertChanges(changes: readonly DynamicsChange[]): void {
  changes.forEach(({ fromMs, dynamics }, i) => {
    const after = changes[i - 1]?.fromMs ?? -Infinity;
    if (!(Number.isFinite(fromMs) && fromMs > after)) {
      throw new RangeError(`dynamics[${i}].fromMs: got ${fromMs}, expected ms since 1970 UTC, after the one before`);
    }
    completeDynamics(dynamics);
  });
}

/** Throws `RangeError` naming the field. */
export function assertPriceLevel({ fromMs, factor, haltMs = 0 }: PriceLevelChange): void {
  if (!Number.isFinite(fromMs)) {
    throw new RangeError(`priceLevel.fromMs: got ${fromMs}, expected ms since 1970 UTC`);
  }
  if (!(factor > 0 && factor < 1e6)) {
    throw new RangeError(`priceLevel.factor: got ${factor}, expected a number above 0 and below 1e6`);
  }
  if (!(haltMs >= 0 && haltMs < Infinity)) {
    throw new RangeError(`priceLevel.haltMs: got ${haltMs}, expected ms from 0 on`);
  }
}
