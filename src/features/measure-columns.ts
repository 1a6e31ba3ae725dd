// The columns of `default-2` that say how volatile the market is: means and EWMAs of squared returns and of squared
// ranges.
import { MEASURE_HALF_LIVES, MEASURE_WINDOWS } from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { ln } from "./exact-math.ts";
import { horizonMinCount, windowSteps } from "./horizon-window.ts";
import type { RollingSums, WindowsNeeded } from "./rolling-sums.ts";
import { epsilonOf } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Means and EWMAs of one measure; a window or half-life shorter than a step is `NaN`. */
class Measure {
  private readonly sums: RollingSums;
  private readonly windows: WindowsNeeded;
  private readonly ewmas: EwmaBank;
  private readonly minCounts: readonly number[];

  constructor(sums: RollingSums, horizonSteps: number) {
    const windows = MEASURE_WINDOWS.map(([, horizons]) => windowSteps(horizons, horizonSteps));
    this.sums = sums;
    this.windows = {
      places: Int32Array.from(windows, (steps) => (steps === undefined ? -1 : sums.indexOf(steps))),
      minCounts: Float64Array.from(windows, (steps) => (steps === undefined ? NaN : horizonMinCount(steps))),
    };
    const halfLives = MEASURE_HALF_LIVES.map(([, horizons]) => horizons * horizonSteps).filter((steps) => steps >= 1);
    this.ewmas = new EwmaBank(halfLives);
    this.minCounts = halfLives.map(horizonMinCount);
  }

  update(x: number): void {
    this.ewmas.update(x);
  }

  writeMeans(out: Float64Array, at: number): number {
    return this.sums.writeMeans(this.windows, out, at);
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
    let end = this.rv.writeMeans(out, at);
    end = this.parkinson.writeMeans(out, end);
    end = this.rv.writeEwmas(out, end);
    end = this.parkinson.writeEwmas(out, end);
    logVolatilities(out, at, end, this.horizonSteps, this.leastVariance);
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

/** From means a step to ln of the horizon's volatility, at least ln ε. */
function logVolatilities(out: Float64Array, from: number, to: number, horizonSteps: number, least: number): void {
  for (let i = from; i < to; i++) out[i] = 0.5 * ln(Math.max(horizonSteps * out[i]!, least));
}
