// The row `peer-10`: the ten features of the system that volgate replaces, computed from the sums in
// step-statistics.ts.
import type { GridConfig } from "./event-grid.ts";
import type { RollingSums } from "./rolling-sums.ts";
import { featureMinCount } from "./schema.ts";

/** The per-step sums it reads: squared and plain returns, |price change|, ask − bid, imbalance, ticks. */
export interface PeerSums {
  readonly squares: RollingSums;
  readonly returns: RollingSums;
  readonly moves: RollingSums;
  readonly dollarSpreads: RollingSums;
  readonly imbalances: RollingSums;
  readonly ticks: RollingSums;
}

/** Steps in 30, 60 and 300 seconds, at least 1 each. */
export function peerWindows(grid: GridConfig): readonly [number, number, number] {
  const steps = (seconds: number): number => Math.max(1, Math.round((seconds * 1000) / grid.stepMs));
  return [steps(30), steps(60), steps(300)];
}

/** Writes the columns of `PEER_10`; a value from too few observations is `NaN`. */
export class PeerRow {
  private readonly sums: PeerSums;
  private readonly minCounts: readonly [number, number, number];
  private readonly at: {
    readonly squares: readonly [number, number];
    readonly returns: readonly [number, number];
    readonly spreads: readonly [number, number];
    readonly imbalances: readonly [number, number, number];
    readonly ticks: number;
  };

  /** @param sums must keep the windows of `peerWindows(grid)`; throws `RangeError` otherwise. */
  constructor(grid: GridConfig, sums: PeerSums) {
    const [p30, p60, p300] = peerWindows(grid);
    const { squares, returns, dollarSpreads, imbalances, ticks } = sums;
    this.sums = sums;
    this.minCounts = [featureMinCount(p30), featureMinCount(p60), featureMinCount(p300)];
    this.at = {
      squares: [squares.indexOf(p60), squares.indexOf(p300)],
      returns: [returns.indexOf(p60), returns.indexOf(p300)],
      spreads: [dollarSpreads.indexOf(p60), dollarSpreads.indexOf(p300)],
      imbalances: [imbalances.indexOf(p30), imbalances.indexOf(p60), imbalances.indexOf(p300)],
      ticks: ticks.indexOf(p300),
    };
  }

  write(out: Float64Array, from: number): void {
    const { squares, returns, moves, dollarSpreads, imbalances, ticks } = this.sums;
    const { at, minCounts } = this;
    const n30 = minCounts[0];
    const n60 = minCounts[1];
    const n300 = minCounts[2];
    out[from] = returns.count(at.returns[1]) >= n300 ? returns.sum(at.returns[1]) : NaN;
    out[from + 1] = dollarSpreads.mean(at.spreads[1], n300);
    out[from + 2] = ticks.count(at.ticks) >= n300 ? ticks.sum(at.ticks) : NaN;
    out[from + 3] = imbalances.mean(at.imbalances[2], n300);
    out[from + 4] = dollarSpreads.mean(at.spreads[0], n60);
    out[from + 5] = imbalances.mean(at.imbalances[1], n60);
    out[from + 6] = moves.mean(0, n300);
    out[from + 7] = deviation(returns.mean(at.returns[1], n300), squares.mean(at.squares[1], n300));
    out[from + 8] = imbalances.mean(at.imbalances[0], n30);
    out[from + 9] = deviation(returns.mean(at.returns[0], n60), squares.mean(at.squares[0], n60));
  }
}

/** Population standard deviation from the mean and the mean square. */
function deviation(mean: number, meanSquare: number): number {
  return Math.sqrt(Math.max(meanSquare - mean * mean, 0));
}
