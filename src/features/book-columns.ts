// The columns of `default-2` on the book, the ticks and the clock. It has no state of its own.
import { SumWindow, windowSteps } from "./horizon-window.ts";
import { lnInPlace } from "./exact-math.ts";
import type { RollingSums } from "./rolling-sums.ts";
import { epsilonOf } from "./schema.ts";

const EPSILON_1 = epsilonOf(1);
const MINUTE_MS = 60_000;
const FUNDING_MINUTES = 480;

/** The per-step sums it reads: spread over mid, imbalance, ticks. */
export interface BookSums {
  readonly spreads: RollingSums;
  readonly imbalances: RollingSums;
  readonly ticks: RollingSums;
}

/** What it reads of the newest step. */
export interface BookStep {
  /** Spread over mid. */
  readonly spread: number;
  readonly imbalance: number;
  readonly ageSteps: number;
  /** Time stamp of the row, ms. */
  readonly tsMs: number;
}

export class BookColumns {
  private readonly spread1: SumWindow;
  private readonly spread15: SumWindow;
  private readonly imbalance1: SumWindow;
  private readonly ticksSixth: SumWindow | undefined;
  private readonly ticks1: SumWindow;
  private readonly ticks5: SumWindow;
  private readonly ticks15: SumWindow;

  constructor({ spreads, imbalances, ticks }: BookSums, horizonSteps: number) {
    const sixth = windowSteps(1 / 6, horizonSteps);
    this.spread1 = new SumWindow(spreads, horizonSteps);
    this.spread15 = new SumWindow(spreads, 15 * horizonSteps);
    this.imbalance1 = new SumWindow(imbalances, horizonSteps);
    this.ticksSixth = sixth === undefined ? undefined : new SumWindow(ticks, sixth);
    this.ticks1 = new SumWindow(ticks, horizonSteps);
    this.ticks5 = new SumWindow(ticks, 5 * horizonSteps);
    this.ticks15 = new SumWindow(ticks, 15 * horizonSteps);
  }

  /** Writes its columns into `out` from `at` on; returns the place after the last. */
  write(out: Float64Array, at: number, { spread, imbalance, ageSteps, tsMs }: BookStep): number {
    out[at] = Math.max(spread, EPSILON_1);
    out[at + 1] = Math.max(this.spread1.mean, EPSILON_1);
    out[at + 2] = Math.max(this.spread15.mean, EPSILON_1);
    lnInPlace(out, at, at + 3);
    const lnLong = out[at + 2]!;
    out[at++]! -= lnLong;
    out[at++]! -= lnLong;
    const mean = this.imbalance1.mean;
    out[at++] = imbalance;
    out[at++] = mean;
    out[at++] = Math.abs(mean - 0.5);
    out[at++] = this.ticksSixth === undefined ? NaN : rateRatio(this.ticksSixth, this.ticks5);
    out[at++] = rateRatio(this.ticks1, this.ticks15);
    out[at++] = ageSteps;
    const minutes = Math.floor(tsMs / MINUTE_MS);
    const ofHour = minutes % 60;
    out[at++] = ofHour;
    out[at++] = ofHour % 5;
    out[at++] = ofHour % 15;
    out[at++] = FUNDING_MINUTES - (minutes % FUNDING_MINUTES);
    return at;
  }
}

function rateRatio(short: SumWindow, long: SumWindow): number {
  const rate = long.mean;
  return rate > 0 ? short.mean / rate : NaN;
}
