// Every rolling statistic of closed steps, and the feature rows computed from them. Works on steps, not ticks, and
// without thresholds: ClosedSteps.row subtracts ln τ.
import type { ClosedStep } from "./closed-step.ts";
import { CUSTOM } from "./custom.ts";
import type { GridConfig } from "./event-grid.ts";
import { Ewma } from "./ewma.ts";
import { ln, lnInPlace } from "./exact-math.ts";
import { HorizonRow } from "./horizon-row.ts";
import { labelMinCount, type VolatilityMeasure } from "./label-spec.ts";
import { OwnStatistics, type OwnStep } from "./own-statistics.ts";
import { PeerRow } from "./peer-row.ts";
import { RollingExtremum } from "./rolling-extremum.ts";
import type { RollingSums } from "./rolling-sums.ts";
import { EWMA_HALF_LIVES, PARKINSON_WINDOWS, RANGE_WINDOWS, RV_WINDOWS, epsilonOf, featureMinCount } from "./schema.ts";
import { StepSums } from "./step-sums.ts";
import { HORIZON_STATE_VERSION, type StateReader, type StateWriter } from "./state-buffer.ts";

const FOUR_LN2 = 4 * Math.LN2;
const HALF_PI = Math.PI / 2;
const SQRT_FOUR_LN2 = Math.sqrt(FOUR_LN2);
const EPSILON_1 = epsilonOf(1);

/** Places among the logarithms of a `default-1` row. */
const RV_LOGS = RV_WINDOWS.length;
const EWMA_LOGS = EWMA_HALF_LIVES.length;
const BIPOWER_LOG = RV_LOGS + EWMA_LOGS;
const SPREAD_LOGS = BIPOWER_LOG + 1 + PARKINSON_WINDOWS.length + RANGE_WINDOWS.length;

/** One window of a `RollingSums`: its index there, its length, the existing values it needs and its ε. */
interface Window {
  readonly k: number;
  readonly steps: number;
  readonly minCount: number;
  readonly epsilon: number;
}

const windowOf = (sums: RollingSums, steps: number): Window => ({
  k: sums.indexOf(steps),
  steps,
  minCount: featureMinCount(steps),
  epsilon: epsilonOf(steps),
});

/**
 * Statistics after each closed step. After `update`, the row writers and `horizonVolatility` describe the state at the
 * end of that step. A value from too few observations is `NaN`.
 */
export class StepStatistics {
  private readonly stepMs: number;
  private readonly maxAgeSteps: number;
  private readonly sums: StepSums;
  private readonly ewmas = EWMA_HALF_LIVES.map((halfLife) => new Ewma(halfLife));
  private readonly highs = RANGE_WINDOWS.map((w) => new RollingExtremum(w, 1));
  private readonly lows = RANGE_WINDOWS.map((w) => new RollingExtremum(w, -1));
  private readonly rv: readonly Window[];
  private readonly park: readonly Window[];
  private readonly net60: Window;
  private readonly net300: Window;
  private readonly bv60: Window;
  private readonly bv300: Window;
  private readonly spread60: Window;
  private readonly spread900: Window;
  private readonly imbalance60: Window;
  private readonly ticks10: Window;
  private readonly ticks60: Window;
  private readonly ticks300: Window;
  private readonly ticks900: Window;
  private readonly peer: PeerRow;
  private readonly horizonRow: HorizonRow;
  /** Of the columns that custom.ts declares; saved apart from all else. */
  readonly own: OwnStatistics;
  private readonly ownStep = { r: NaN, parkinson: NaN, spread: NaN } satisfies OwnStep;
  private readonly horizon: RollingSums;
  private readonly horizonIndex: number;
  private readonly horizonSteps: number;
  private readonly horizonMinCount: number;
  private readonly ewmaNeeds = EWMA_HALF_LIVES.map((h) => ({ minCount: featureMinCount(h), epsilon: epsilonOf(h) }));
  private readonly rangeEpsilons = RANGE_WINDOWS.map(epsilonOf);
  private readonly logs = new Float64Array(SPREAD_LOGS + 3);
  private previousPrice = NaN;
  private previousReturn = NaN;
  /** Of the newest step: spread over mid, imbalance, age of its newest tick, and its time stamp in ms. */
  spread = NaN;
  imbalance = NaN;
  ageSteps = NaN;
  tsMs = NaN;

  constructor(grid: GridConfig, measure: VolatilityMeasure, horizonSteps: number) {
    this.stepMs = grid.stepMs;
    this.maxAgeSteps = grid.maxAgeMs / grid.stepMs;
    const sums = new StepSums(grid, horizonSteps);
    this.sums = sums;
    this.rv = RV_WINDOWS.map((w) => windowOf(this.sums.squares, w));
    this.park = PARKINSON_WINDOWS.map((w) => windowOf(this.sums.parkinson, w));
    this.net60 = windowOf(this.sums.returns, 60);
    this.net300 = windowOf(this.sums.returns, 300);
    this.bv60 = windowOf(this.sums.products, 60);
    this.bv300 = windowOf(this.sums.products, 300);
    this.spread60 = windowOf(this.sums.spreads, 60);
    this.spread900 = windowOf(this.sums.spreads, 900);
    this.imbalance60 = windowOf(this.sums.imbalances, 60);
    this.ticks10 = windowOf(this.sums.ticks, 10);
    this.ticks60 = windowOf(this.sums.ticks, 60);
    this.ticks300 = windowOf(this.sums.ticks, 300);
    this.ticks900 = windowOf(this.sums.ticks, 900);
    this.peer = new PeerRow(grid, sums);
    this.horizonRow = new HorizonRow(sums, horizonSteps);
    this.own = new OwnStatistics(CUSTOM, horizonSteps);
    this.horizon = measure === "rv" ? this.sums.squares : this.sums.parkinson;
    this.horizonIndex = this.horizon.indexOf(horizonSteps);
    this.horizonSteps = horizonSteps;
    this.horizonMinCount = labelMinCount(horizonSteps);
  }

  update(step: ClosedStep): void {
    const r = ln(step.price / this.previousPrice);
    const square = r * r;
    this.sums.squares.push(square);
    this.sums.returns.push(r);
    this.sums.products.push(Math.abs(r * this.previousReturn));
    for (const ewma of this.ewmas) ewma.update(square);
    this.sums.moves.push(Math.abs(step.price - this.previousPrice));
    // A step without a price of the source has range 0, even if other prices ticked in it.
    const range = step.high === step.high ? ln(step.high / step.low) : 0;
    const parkinson = step.observed ? (range * range) / FOUR_LN2 : NaN;
    this.sums.parkinson.push(parkinson);
    for (const high of this.highs) high.push(step.high);
    for (const low of this.lows) low.push(step.low);
    this.spread = step.spread / step.midPrice;
    this.imbalance = step.imbalance;
    this.sums.spreads.push(this.spread);
    this.sums.dollarSpreads.push(step.spread);
    this.sums.imbalances.push(step.imbalance);
    this.sums.ticks.push(step.ticks);
    this.ageSteps = Math.min(step.ageMs / this.stepMs, this.maxAgeSteps);
    this.tsMs = step.tsMs;
    this.previousPrice = step.price;
    this.previousReturn = r;
    this.horizonRow.update(step, r, parkinson);
    this.ownStep.r = r;
    this.ownStep.parkinson = parkinson;
    this.ownStep.spread = this.spread;
    this.own.update(step, this.ownStep);
  }

  /** Whether the last 60 steps have enough returns for a prediction. */
  get ready(): boolean {
    return this.sums.squares.count(this.rv[2]!.k) >= this.rv[2]!.minCount;
  }

  /** RV_60 as a fraction, `NaN` while not ready. */
  get rv60(): number {
    return volatility(this.sums.squares, this.rv[2]!);
  }

  /** Mean number of ticks of the last 60 steps, `NaN` with fewer than 10. */
  get ticksPerStep(): number {
    return this.sums.ticks.mean(this.ticks60.k, 10);
  }

  /** Spread over mid at the step's end, a fraction. */
  get relativeSpread(): number {
    return this.spread;
  }

  /** Volatility of the label horizon that ends here, a fraction; `NaN` when less than 95 % of its steps exist. */
  get horizonVolatility(): number {
    const mean = this.horizon.mean(this.horizonIndex, this.horizonMinCount);
    return Math.sqrt(this.horizonSteps * Math.max(mean, 0));
  }

  /** Writes the `default-1` columns, before ln τ is subtracted, into `out` from `at` on. */
  writeBase(out: Float64Array, at: number): void {
    const { logs, rv } = this;
    const { squares, products, returns } = this.sums;
    const bipower60 = HALF_PI * Math.max(products.mean(this.bv60.k, this.bv60.minCount), 0);
    const bipower300 = HALF_PI * Math.max(products.mean(this.bv300.k, this.bv300.minCount), 0);
    this.takeLogs(bipower300);
    for (let i = 0; i < RV_LOGS + EWMA_LOGS; i++) out[at++] = logs[i]!;
    out[at++] = logs[0]! - logs[2]!;
    out[at++] = logs[2]! - logs[3]!;
    out[at++] = logs[3]! - logs[4]!;
    out[at++] = logs[5]! - logs[6]!;
    out[at++] = logs[6]! - logs[7]!;
    out[at++] = logs[7]! - logs[8]!;
    out[at++] = logs[BIPOWER_LOG]!;
    out[at++] = jumpShare(bipower60, squares.mean(rv[2]!.k, rv[2]!.minCount));
    out[at++] = jumpShare(bipower300, squares.mean(rv[3]!.k, rv[3]!.minCount));
    for (let i = BIPOWER_LOG + 1; i < SPREAD_LOGS; i++) out[at++] = logs[i]!;
    out[at++] = netReturn(returns, this.net60, volatility(squares, rv[2]!));
    out[at++] = netReturn(returns, this.net300, volatility(squares, rv[3]!));
    this.writeBook(out, at);
  }

  /** Writes the `peer-10` columns into `out` from `at` on. */
  writePeer(out: Float64Array, at: number): void {
    this.peer.write(out, at);
  }

  /** Writes the columns of `default-2` that all label specs share, before τ is applied, into `out` from `at` on. */
  writeHorizon(out: Float64Array, at: number): void {
    this.horizonRow.write(out, at, this);
  }

  /** Starts a new segment: no statistic may span the gap. */
  reset(): void {
    for (const part of this.parts()) part.reset();
    this.horizonRow.reset();
    this.own.reset();
    this.previousPrice = NaN;
    this.previousReturn = NaN;
    this.spread = NaN;
    this.imbalance = NaN;
    this.ageSteps = NaN;
  }

  save(to: StateWriter): void {
    for (const part of this.parts()) part.save(to);
    to.array([this.previousPrice, this.previousReturn, this.spread, this.imbalance, this.ageSteps]);
    this.horizonRow.save(to);
  }

  /** What an older state lacks of `default-2` begins anew; all else continues bit for bit. */
  load(from: StateReader): void {
    for (const part of this.parts()) part.load(from);
    const s = new Float64Array(5);
    from.array(s);
    this.previousPrice = s[0]!;
    this.previousReturn = s[1]!;
    this.spread = s[2]!;
    this.imbalance = s[3]!;
    this.ageSteps = s[4]!;
    if (from.version >= HORIZON_STATE_VERSION) this.horizonRow.load(from);
  }

  /** Fills `logs`: of each RV, EWMA, the bipower, Parkinson's ranges, the ranges, and the spreads. */
  private takeLogs(bipower300: number): void {
    const { logs, rv, park, ewmas, highs, lows, rangeEpsilons } = this;
    const { squares, parkinson, spreads } = this.sums;
    let at = 0;
    for (let i = 0; i < rv.length; i++) logs[at++] = Math.max(volatility(squares, rv[i]!), rv[i]!.epsilon);
    for (let i = 0; i < ewmas.length; i++) {
      const { minCount, epsilon } = this.ewmaNeeds[i]!;
      const ewma = ewmas[i]!;
      logs[at++] = ewma.count >= minCount ? Math.max(Math.sqrt(ewma.halfLife * ewma.value), epsilon) : NaN;
    }
    logs[at++] = Math.max(Math.sqrt(300 * bipower300), this.bv300.epsilon);
    for (let i = 0; i < park.length; i++) logs[at++] = Math.max(volatility(parkinson, park[i]!), park[i]!.epsilon);
    const ranges = at;
    for (let i = 0; i < highs.length; i++) {
      const w = rv[i + 2]!;
      logs[at++] = squares.count(w.k) >= w.minCount ? highs[i]!.value / lows[i]!.value : NaN;
    }
    logs[at++] = Math.max(this.spread, EPSILON_1);
    logs[at++] = Math.max(spreads.mean(this.spread60.k, this.spread60.minCount), EPSILON_1);
    logs[at++] = Math.max(spreads.mean(this.spread900.k, this.spread900.minCount), EPSILON_1);
    lnInPlace(logs, 0, at);
    const rangesEnd = ranges + highs.length;
    for (let i = ranges; i < rangesEnd; i++) logs[i] = Math.max(logs[i]! / SQRT_FOUR_LN2, rangeEpsilons[i - ranges]!);
    lnInPlace(logs, ranges, rangesEnd);
  }

  private writeBook(out: Float64Array, at: number): void {
    const { logs } = this;
    const lnLong = logs[SPREAD_LOGS + 2]!;
    out[at] = logs[SPREAD_LOGS]! - lnLong;
    out[at + 1] = logs[SPREAD_LOGS + 1]! - lnLong;
    const imbalance60 = this.sums.imbalances.mean(this.imbalance60.k, this.imbalance60.minCount);
    out[at + 2] = this.imbalance;
    out[at + 3] = imbalance60;
    out[at + 4] = Math.abs(imbalance60 - 0.5);
    out[at + 5] = rateRatio(this.sums.ticks, this.ticks10, this.ticks300);
    out[at + 6] = rateRatio(this.sums.ticks, this.ticks60, this.ticks900);
    out[at + 7] = this.ageSteps;
  }

  private parts(): readonly (StepSums | Ewma | RollingExtremum)[] {
    return [this.sums, ...this.ewmas, ...this.highs, ...this.lows];
  }
}

/** sqrt(W · mean), `NaN` below the window's minimum count. Rounding can leave a sum slightly below 0. */
function volatility(sums: RollingSums, w: Window): number {
  return Math.sqrt(w.steps * Math.max(sums.mean(w.k, w.minCount), 0));
}

function jumpShare(bipower: number, meanSquare: number): number {
  return meanSquare > EPSILON_1 * EPSILON_1 ? Math.max(0, 1 - bipower / meanSquare) : NaN;
}

function netReturn(returns: RollingSums, w: Window, rv: number): number {
  return Math.abs(returns.sum(w.k)) / Math.max(rv, w.epsilon);
}

function rateRatio(ticks: RollingSums, short: Window, long: Window): number {
  const rate = ticks.mean(long.k, long.minCount);
  return rate > 0 ? ticks.mean(short.k, short.minCount) / rate : NaN;
}
