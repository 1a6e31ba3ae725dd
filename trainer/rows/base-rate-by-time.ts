// Whether spikes come at a time of day: the base rate by quarter hour, against what runs of spikes explain.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import type { Dataset } from "./dataset.ts";

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const QUARTERS = DAY_MS / QUARTER_MS;
const LEAST_DAYS = 5;
const SHIFTS = 99;
/** Quarters with fewer rows are no extremes to name. */
const LEAST_ROWS = 30;

/** A quarter hour of the UTC day, in which horizons ended, and the share of them that were spikes. */
export interface QuarterRate {
  readonly startMs: number;
  readonly baseRate: number;
}

export interface TimeOfDay {
  /**
   * Standard deviation of the quarters' base rates over the base rate, beyond that of shifted days; 0 where they have
   * as much.
   */
  readonly spread: number;
  /** Share of shifts, the real order among them, with at least the real spread. */
  readonly pValue: number;
  readonly highest: QuarterRate;
  readonly lowest: QuarterRate;
}

/** One symbol's part of a UTC day: rows and spikes of each quarter, and the quarters that have rows. */
interface SymbolDay {
  readonly rows: Float64Array;
  readonly spikes: Float64Array;
  readonly traded: readonly number[];
}

/** A calendar day of UTC, by its symbols. */
type Day = readonly SymbolDay[];

/**
 * Compares the base rates of the quarters with those after each day's traded quarters were turned by a chance number of
 * places: runs of spikes within a day stay whole, and only what comes at the same time on many days is lost. All
 * symbols are turned by the same part of their day, because a spike of the market is one of them all.
 *
 * @returns `undefined` with fewer than 5 calendar days, and without a spike.
 */
export function timeOfDay({ rows, config }: Pick<Dataset, "rows" | "config">, seed: number): TimeOfDay | undefined {
  const days = daysOf(rows, config.grid.stepMs * (config.label.horizonSteps - 1));
  const real = ratesOf(days, () => 0);
  if (days.length < LEAST_DAYS || real.spikes === 0) return undefined;
  const random = new SeededRandom(`time of day ${seed}`);
  let atLeast = 1;
  let sum = 0;
  for (let k = 0; k < SHIFTS; k++) {
    const { spread } = ratesOf(days, () => random.uniform());
    if (spread >= real.spread) atLeast += 1;
    sum += spread;
  }
  const named = real.rates.filter(({ count }) => count >= LEAST_ROWS);
  const ordered = (named.length > 0 ? named : real.rates).toSorted((a, b) => a.baseRate - b.baseRate);
  return {
    spread: Math.sqrt(Math.max(0, real.spread - sum / SHIFTS)),
    pValue: atLeast / (SHIFTS + 1),
    highest: ordered.at(-1)!,
    lowest: ordered[0]!,
  };
}

/** @param aheadMs from a row's time to the start of the step in which its horizon ends. */
function daysOf({ count, tsMs, symbol, label }: Dataset["rows"], aheadMs: number): Day[] {
  const days = new Map<number, Map<number, { rows: Float64Array; spikes: Float64Array }>>();
  for (let k = 0; k < count; k++) {
    const endMs = tsMs[k]! + aheadMs;
    const date = Math.floor(endMs / DAY_MS);
    const symbols = days.get(date) ?? new Map<number, { rows: Float64Array; spikes: Float64Array }>();
    days.set(date, symbols);
    const day = symbols.get(symbol[k]!) ?? { rows: new Float64Array(QUARTERS), spikes: new Float64Array(QUARTERS) };
    symbols.set(symbol[k]!, day);
    const quarter = Math.floor((endMs % DAY_MS) / QUARTER_MS);
    day.rows[quarter]! += 1;
    day.spikes[quarter]! += label[k]!;
  }
  return [...days.values()].map((symbols) =>
    [...symbols.values()].map((day) => ({
      ...day,
      traded: [...day.rows.keys()].filter((quarter) => day.rows[quarter]! > 0),
    })),
  );
}

/**
 * Base rates of the quarters, with each day turned by some part of it, and their squared spread over the base rate.
 * @param turn from 0 to below 1, asked once a day.
 */
function ratesOf(days: readonly Day[], turn: () => number) {
  const counts = new Float64Array(QUARTERS);
  const spikes = new Float64Array(QUARTERS);
  for (const day of days) {
    const part = turn();
    for (const { traded, rows: dayRows, spikes: daySpikes } of day) {
      const { length } = traded;
      const by = Math.floor(part * length);
      for (let i = 0; i < length; i++) {
        const [from, to] = [traded[i]!, traded[(i + by) % length]!];
        counts[to]! += dayRows[from]!;
        spikes[to]! += daySpikes[from]!;
      }
    }
  }
  const rows = counts.reduce((sum, n) => sum + n, 0);
  const allSpikes = spikes.reduce((sum, n) => sum + n, 0);
  const mean = allSpikes / rows;
  const rates = [...counts.keys()]
    .filter((quarter) => counts[quarter]! > 0)
    .map((quarter) => ({
      startMs: quarter * QUARTER_MS,
      count: counts[quarter]!,
      baseRate: spikes[quarter]! / counts[quarter]!,
    }));
  const squares = rates.reduce((sum, { count, baseRate }) => sum + count * (baseRate - mean) ** 2, 0);
  return { rates, spikes: allSpikes, spread: squares / rows / (mean * mean) };
}
