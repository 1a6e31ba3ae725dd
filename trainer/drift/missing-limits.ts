// How large a share of a column's values may be missing in a window: limits from what training windows showed, and
// which of these windows lie beyond them all the same.
import {
  isPresenceJudged,
  type MissingLimits,
  presenceChange,
  withNothingRare,
} from "../../src/drift/presence-change.ts";
import { conformalThreshold } from "./conformal-threshold.ts";

/** What training windows of some symbols showed of one column. */
interface ColumnPresence {
  readonly name: string;
  /** Share of training rows without a finite value. */
  readonly missingShare: number;
  /** The same of each window. */
  readonly shares: Float64Array;
}

/** The windows that limits are made from. */
interface PresenceWindows {
  /** Rows of each. */
  readonly rows: ArrayLike<number>;
  /** The number of each window's symbol. */
  readonly symbols: ArrayLike<number>;
  readonly minRows: number;
}

/** Rates that the limits hold. */
interface PresenceRates {
  /** Of each column. */
  readonly alpha: number;
  /** What is stated of the dataset's verdict: half of it is for all columns together. */
  readonly stated: number;
  /** Whether the reference is that of one symbol: then the gateway reads the limits `withNothingRare`. */
  readonly isOfOne: boolean;
}

interface PresenceLimits {
  readonly least: number[];
  readonly most: number[];
  /** 1 for each training window in which some column vanished or appeared by these limits. */
  readonly changed: Uint8Array;
}

/**
 * Per column the conformal order statistics of its shares, as of distances: so a few training windows without any value
 * do not make such windows usual. Of several symbols the widest counts, else one of many that never has a column would
 * be drift for ever. Columns of several sources change in windows of their own: where more than half of the stated rate
 * of windows are beyond some limit, each column's rate is halved until they are not. At last the limits are the
 * extremes.
 *
 * Example: of 119 windows of which two have no value and the others all, the most at α = 0.05 is 0.
 * @returns the limits, rounded outwards to 1e-4, and 1 for each window that is beyond some of them.
 */
export function missingLimits(
  columns: readonly ColumnPresence[],
  windows: PresenceWindows,
  { alpha, stated, isOfOne }: PresenceRates,
): PresenceLimits {
  const count = windows.rows.length;
  const allowed = Math.max(0, Math.floor((stated / 2) * (count + 1) + 1e-9) - 1);
  for (let rate = alpha; ; rate = rate * (count + 1) < 1 ? 0 : rate / 2) {
    const limits = columns.map(({ shares }) => limitsOf(shares, windows.symbols, rate));
    const changed = new Uint8Array(count);
    for (const [c, { name, missingShare, shares }] of columns.entries()) {
      if (!isPresenceJudged(name)) continue;
      const read = isOfOne ? withNothingRare(limits[c]!, missingShare) : limits[c]!;
      for (let w = 0; w < count; w++) {
        const rows = windows.rows[w]!;
        const present = Math.round(rows * (1 - shares[w]!));
        if (presenceChange({ rows, present, minRows: windows.minRows }, { missingShare }, read)) changed[w] = 1;
      }
    }
    if (rate > 0 && changed.reduce((sum, one) => sum + one, 0) > allowed) continue;
    return { least: limits.map(({ least }) => least), most: limits.map(({ most }) => most), changed };
  }
}

/** Rounded outwards to 1e-4. */
function limitsOf(shares: Float64Array, symbols: ArrayLike<number>, rate: number): MissingLimits {
  let [least, most] = [1, 0];
  for (const symbol of new Set(Array.from(symbols))) {
    const own = shares.filter((_, w) => symbols[w] === symbol);
    most = Math.max(most, upperLimit(own, rate));
    least = Math.min(
      least,
      -upperLimit(
        own.map((x) => -x),
        rate,
      ),
    );
  }
  return { least: Math.floor(1e4 * least) / 1e4, most: Math.ceil(1e4 * most) / 1e4 };
}

/** The largest value where there are too few for the rate. */
function upperLimit(values: Float64Array, rate: number): number {
  return conformalThreshold(values, rate) ?? values.reduce((a, b) => Math.max(a, b), -Infinity);
}
