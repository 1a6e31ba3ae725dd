// The columns of `default-2` that say how volatile the market is: means and EWMAs of squared returns and of squared
// ranges.
import { MEASURE_HALF_LIVES, MEASURE_WINDOWS } from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { lnInPlace } from "./exact-math.ts";
import { horizonMinCount, windowSteps } from "./horizon-window.ts";
import type { RollingSums } from "./rolling-sums.ts";
import { epsilonOf } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Means and EWMAs of one measure; a window or half-life shorter than a step is `NaN`. */
class Measure {
  private readonly sums: RollingSums;
  /** Place of each window in the sums, −1 for one that does not exist, and the existing values that it needs. */
  private readonly windows: Int32Array;
  private readonly windowCounts: Float64Array;
  private readonly ewmas: EwmaBank;
  private readonly minCounts: readonly number[];

  constructor(sums: RollingSums, horizonSteps: number) {
    const windows = MEASURE_WINDOWS.map(([, horizons]) => windowSteps(horizons, horizonSteps));
    this.sums = sums;
    this.windows = Int32Array.from(windows, (steps) => (steps === undefined ? -1 : sums.indexOf(steps)));
    this.windowCounts = Float64Array.from(windows, (steps) => (steps === undefined ? NaN : horizonMinCount(steps)));
    const halfLives = MEASURE_HALF_LIVES.map(([, horizons]) => horizons * horizonSteps).filter((steps) => steps >= 1);
    this.ewmas = new EwmaBank(halfLives);
    this.minCounts = halfLives.map(horizonMinCount);
  }

  update(x: number): void {
    this.ewmas.update(x);
  }

  writeMeans(out: Float64Array, at: number): number {
    const { sums, windows, windowCounts } = this;
    for (let i = 0; i < windows.length; i++) {
      const k = windows[i]!;
      out[at++] = k < 0 ? NaN : sums.mean(k, windowCounts[i]!);
    }
    return at;
  }

  writeEwmas(out: Float64Array, at: number): number {
    const { ewmas, minCounts } = this;
    for (let missing = MEASURE_HALF_LIVES.length - minCounts.length; missing > 0; missing--) out[at++] = NaN;
    for (let k = 0; k < minCounts.length; k++) out[at++] = ewmas.value(k, minCounts[k]!);
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
}

/** Both measures; `update` comes after the sums have the step. */
export class MeasureColumns {
  private readonly rv: Measure;
  private readonly parkinson: Measure;
  private readonly horizonSteps: number;
  private readonly leastVariance: number;

  constructor(squares: RollingSums, parkinson: RollingSums, horizonSteps: number) {
    this.rv = new Measure(squares, horizonSteps);
    this.parkinson = new Measure(parkinson, horizonSteps);
    this.horizonSteps = horizonSteps;
    this.leastVariance = epsilonOf(horizonSteps) * epsilonOf(horizonSteps);
  }

  /** @param square r². @param parkinson ln(H/L)² / (4 ln 2). */
  update(square: number, parkinson: number): void {
    this.rv.update(square);
    this.parkinson.update(parkinson);
  }

  /** Writes its columns into `out` from `at` on; returns the place after the last. */
  write(out: Float64Array, at: number): number {
    const { horizonSteps, leastVariance } = this;
    let end = this.rv.writeMeans(out, at);
    end = this.parkinson.writeMeans(out, end);
    end = this.rv.writeEwmas(out, end);
    end = this.parkinson.writeEwmas(out, end);
    // From means a step to ln of the horizon's volatility, at least ln ε.
    for (let i = at; i < end; i++) out[i] = Math.max(horizonSteps * out[i]!, leastVariance);
    lnInPlace(out, at, end);
    for (let i = at; i < end; i++) out[i]! *= 0.5;
    return end;
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
