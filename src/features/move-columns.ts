// The columns of `default-2` that say how the price moved: jumps, ranges, signed returns, and where the price stands
// between its highs and lows.
import { BlockExtremes } from "./block-extremes.ts";
import type { ClosedStep } from "./closed-step.ts";
import {
  DOWNSIDE_HALF_LIVES,
  EXTREMUM_BLOCKS,
  JUMP_HORIZONS,
  RANGE_BLOCKS,
  RETURN_HALF_LIVES,
  RETURN_HORIZONS,
} from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { lnInPlace } from "./exact-math.ts";
import { horizonMinCount, SumWindow } from "./horizon-window.ts";
import { RollingExtremum } from "./rolling-extremum.ts";
import type { RollingSums } from "./rolling-sums.ts";
import { epsilonOf } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

const HALF_PI = Math.PI / 2;
const SQRT_FOUR_LN2 = Math.sqrt(4 * Math.LN2);
const RETURN_ROOTS = RETURN_HORIZONS.map(Math.sqrt);
const DRIFT_ROOTS = RETURN_HALF_LIVES.map(Math.sqrt);
const LEAST_SQUARE = epsilonOf(1) * epsilonOf(1);

/** The per-step sums it reads: r², r, and |r_i r_(i−1)|. */
export interface MoveSums {
  readonly squares: RollingSums;
  readonly returns: RollingSums;
  readonly products: RollingSums;
}

/** `update` comes after the sums have the step. */
export class MoveColumns {
  private readonly horizonSteps: number;
  private readonly epsilon: number;
  private readonly jumps: readonly { readonly products: SumWindow; readonly squares: SumWindow }[];
  private readonly returns: readonly SumWindow[];
  private readonly drifts: EwmaBank;
  private readonly squares: EwmaBank;
  private readonly signedSquares: EwmaBank;
  private readonly driftCounts: readonly number[];
  private readonly downsideCounts: readonly number[];
  private readonly blockCounts: readonly number[];
  private readonly blocks: BlockExtremes;
  private readonly high: RollingExtremum;
  private readonly low: RollingExtremum;
  private price = NaN;

  constructor({ squares, returns, products }: MoveSums, horizonSteps: number) {
    const inSteps = (horizons: readonly number[]): number[] => horizons.map((h) => h * horizonSteps);
    this.horizonSteps = horizonSteps;
    this.epsilon = epsilonOf(horizonSteps);
    this.jumps = inSteps(JUMP_HORIZONS).map((steps) => ({
      products: new SumWindow(products, steps),
      squares: new SumWindow(squares, steps),
    }));
    this.returns = inSteps(RETURN_HORIZONS).map((steps) => new SumWindow(returns, steps));
    this.drifts = new EwmaBank(inSteps(RETURN_HALF_LIVES));
    this.squares = new EwmaBank(inSteps(DOWNSIDE_HALF_LIVES));
    this.signedSquares = new EwmaBank(inSteps(DOWNSIDE_HALF_LIVES));
    this.driftCounts = inSteps(RETURN_HALF_LIVES).map(horizonMinCount);
    this.downsideCounts = inSteps(DOWNSIDE_HALF_LIVES).map(horizonMinCount);
    this.blockCounts = inSteps(EXTREMUM_BLOCKS).map(horizonMinCount);
    this.blocks = new BlockExtremes(horizonSteps, EXTREMUM_BLOCKS);
    this.high = new RollingExtremum(horizonSteps, 1);
    this.low = new RollingExtremum(horizonSteps, -1);
  }

  /** @param r the step's logarithmic return. */
  update({ index, price, high, low }: ClosedStep, r: number): void {
    // A step without a price of the source stands where the last one was.
    const top = high === high ? high : price;
    const bottom = low === low ? low : price;
    this.drifts.update(r);
    this.squares.update(r * r);
    this.signedSquares.update(r * Math.abs(r));
    this.blocks.update(index, top, bottom);
    this.high.push(top);
    this.low.push(bottom);
    this.price = price;
  }

  /** Writes its columns into `out` from `at` on; returns the place after the last. */
  write(out: Float64Array, at: number): number {
    const { jumps } = this;
    for (let i = 0; i < jumps.length; i++) out[at++] = jumpShare(jumps[i]!.products.mean, jumps[i]!.squares.mean);
    const ranges = at;
    at += RANGE_BLOCKS.length;
    for (let i = 0; i < RETURN_ROOTS.length; i++) out[at++] = this.returns[i]!.sum / RETURN_ROOTS[i]!;
    for (let k = 0; k < DRIFT_ROOTS.length; k++) {
      out[at++] = this.horizonSteps * this.drifts.value(k, this.driftCounts[k]!) * DRIFT_ROOTS[k]!;
    }
    for (let k = 0; k < DOWNSIDE_HALF_LIVES.length; k++) out[at++] = this.downsideShare(k);
    out[at++] = placeInRange(this.price, this.high.value, this.low.value);
    return this.writeExtremes(out, at, ranges);
  }

  reset(): void {
    for (const part of this.parts()) part.reset();
    this.price = NaN;
  }

  save(to: StateWriter): void {
    for (const part of this.parts()) part.save(to);
    to.number(this.price);
  }

  load(from: StateReader): void {
    for (const part of this.parts()) part.load(from);
    this.price = from.number();
  }

  /** @param ranges where the ranges go, which are sums of both distances. */
  private writeExtremes(out: Float64Array, at: number, ranges: number): number {
    const { blocks, price, blockCounts } = this;
    const { count } = this.squares;
    const windows = blockCounts.length;
    const end = at + 2 * windows;
    for (let k = 0; k < windows; k++) {
      const exists = count >= blockCounts[k]!;
      out[at + k] = exists ? blocks.high(k) / price : NaN;
      out[at + windows + k] = exists ? price / blocks.low(k) : NaN;
    }
    lnInPlace(out, at, end);
    for (let k = 0; k < RANGE_BLOCKS.length; k++) {
      out[ranges + k] = Math.max((out[at + k]! + out[at + windows + k]!) / SQRT_FOUR_LN2, this.epsilon);
    }
    lnInPlace(out, ranges, ranges + RANGE_BLOCKS.length);
    return end;
  }

  private downsideShare(k: number): number {
    const minCount = this.downsideCounts[k]!;
    const square = this.squares.value(k, minCount);
    return square > LEAST_SQUARE ? -this.signedSquares.value(k, minCount) / square : NaN;
  }

  private parts(): readonly (EwmaBank | BlockExtremes | RollingExtremum)[] {
    return [this.drifts, this.squares, this.signedSquares, this.blocks, this.high, this.low];
  }
}

function jumpShare(meanProduct: number, meanSquare: number): number {
  return meanSquare > LEAST_SQUARE ? Math.max(0, 1 - (HALF_PI * Math.max(meanProduct, 0)) / meanSquare) : NaN;
}

function placeInRange(price: number, high: number, low: number): number {
  return high > low ? (price - low) / (high - low) : price === price ? 0.5 : NaN;
}
