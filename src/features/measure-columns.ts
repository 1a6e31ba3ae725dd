// The columns of `default-2` that say how volatile the market is: means and EWMAs of squared returns and of squared
// ranges.
import { MEASURE_HALF_LIVES, MEASURE_WINDOWS } from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { ln } from "./exact-math.ts";
import { horizonMinCount, SumWindow, windowSteps } from "./horizon-window.ts";
import type { RollingSums } from "./rolling-sums.ts";
import { epsilonOf } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Means and EWMAs of one measure; a window or half-life shorter than a step is `NaN`. */
class Measure {
  private readonly windows: readonly (SumWindow | undefined)[];
  private readonly ewmas: EwmaBank;
  private readonly minCounts: readonly number[];
  private readonly horizonSteps: number;
  private readonly leastVariance: number;

  constructor(sums: RollingSums, horizonSteps: number) {
    this.horizonSteps = horizonSteps;
    this.leastVariance = epsilonOf(horizonSteps) * epsilonOf(horizonSteps);
    this.windows = MEASURE_WINDOWS.map(([, horizons]) => {
      const steps = windowSteps(horizons, horizonSteps);
      return steps === undefined ? undefined : new SumWindow(sums, steps);
    });
    const halfLives = MEASURE_HALF_LIVES.map(([, horizons]) => horizons * horizonSteps).filter((steps) => steps >= 1);
    this.ewmas = new EwmaBank(halfLives);
    this.minCounts = halfLives.map(horizonMinCount);
  }

  update(x: number): void {
    this.ewmas.update(x);
  }

  writeMeans(out: Float64Array, at: number): number {
    for (const window of this.windows) out[at++] = window === undefined ? NaN : this.logOf(window.mean);
    return at;
  }

  writeEwmas(out: Float64Array, at: number): number {
    const { ewmas, minCounts } = this;
    for (let missing = MEASURE_HALF_LIVES.length - minCounts.length; missing > 0; missing--) out[at++] = NaN;
    for (let k = 0; k < minCounts.length; k++) out[at++] = this.logOf(ewmas.value(k, minCounts[k]!));
    return at;
  }

  reset(): void {
    this.ewmas.reset();
  }

  save(to: StateWriter): void {
    this.ewmas.save(to);
  }

  load(from: StateReader): void {
    this.ewmas.load(from);
  }

  /** ln of the horizon's volatility at this mean a step, at least ln ε. */
  private logOf(mean: number): number {
    return 0.5 * ln(Math.max(this.horizonSteps * mean, this.leastVariance));
  }
}

/** Both measures; `update` comes after the sums have the step. */
export class MeasureColumns {
  private readonly rv: Measure;
  private readonly parkinson: Measure;

  constructor(squares: RollingSums, parkinson: RollingSums, horizonSteps: number) {
    this.rv = new Measure(squares, horizonSteps);
    this.parkinson = new Measure(parkinson, horizonSteps);
  }

  /** @param square r². @param parkinson ln(H/L)² / (4 ln 2). */
  update(square: number, parkinson: number): void {
    this.rv.update(square);
    this.parkinson.update(parkinson);
  }

  /** Writes its columns into `out` from `at` on; returns the place after the last. */
  write(out: Float64Array, at: number): number {
    at = this.rv.writeMeans(out, at);
    at = this.parkinson.writeMeans(out, at);
    at = this.rv.writeEwmas(out, at);
    return this.parkinson.writeEwmas(out, at);
  }

  reset(): void {
    this.rv.reset();
    this.parkinson.reset();
  }

  save(to: StateWriter): void {
    this.rv.save(to);
    this.parkinson.save(to);
  }

  load(from: StateReader): void {
    this.rv.load(from);
    this.parkinson.load(from);
  }
}
