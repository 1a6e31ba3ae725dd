// The rolling sums of closed steps that several feature rows read: one series each, over the windows of all rows.
import type { GridConfig } from "./event-grid.ts";
import { horizonWindows } from "./horizon-row.ts";
import { peerWindows } from "./peer-row.ts";
import { RollingSums } from "./rolling-sums.ts";
import { PARKINSON_WINDOWS, RV_WINDOWS } from "./schema.ts";
import { HORIZON_STATE_VERSION, type StateReader, type StateWriter } from "./state-buffer.ts";

/**
 * r², r, |r_i r_(i−1)|, ln(H/L)² / (4 ln 2), spread over mid, ask − bid, imbalance, ticks and |price change|, in the
 * order of a snapshot.
 */
export const STEP_SERIES = [
  "squares",
  "returns",
  "products",
  "parkinson",
  "spreads",
  "dollarSpreads",
  "imbalances",
  "ticks",
  "moves",
] as const;
type Series = (typeof STEP_SERIES)[number];
type Windows = Readonly<Record<Series, readonly number[]>>;

export class StepSums implements Readonly<Record<Series, RollingSums>> {
  readonly squares: RollingSums;
  readonly returns: RollingSums;
  readonly products: RollingSums;
  readonly parkinson: RollingSums;
  readonly spreads: RollingSums;
  readonly dollarSpreads: RollingSums;
  readonly imbalances: RollingSums;
  readonly ticks: RollingSums;
  readonly moves: RollingSums;
  private readonly older: Windows;

  constructor(grid: GridConfig, horizonSteps: number) {
    const older = olderWindows(grid, horizonSteps);
    const ofHorizon: Partial<Windows> = horizonWindows(horizonSteps);
    const sums = (series: Series): RollingSums => new RollingSums(union(older[series], ofHorizon[series] ?? []));
    this.older = older;
    this.squares = sums("squares");
    this.returns = sums("returns");
    this.products = sums("products");
    this.parkinson = sums("parkinson");
    this.spreads = sums("spreads");
    this.dollarSpreads = sums("dollarSpreads");
    this.imbalances = sums("imbalances");
    this.ticks = sums("ticks");
    this.moves = sums("moves");
  }

  reset(): void {
    for (const series of STEP_SERIES) this[series].reset();
  }

  save(to: StateWriter): void {
    for (const series of STEP_SERIES) this[series].save(to);
  }

  /** The sums of an older state continue bit for bit; windows that it lacks begin with the values that it has. */
  load(from: StateReader): void {
    for (const series of STEP_SERIES) {
      if (from.version >= HORIZON_STATE_VERSION) {
        this[series].load(from);
      } else {
        const stored = new RollingSums(this.older[series]);
        stored.load(from);
        this[series].adopt(stored);
      }
    }
  }
}

/** The windows before `default-2`, which older states have. */
function olderWindows(grid: GridConfig, horizonSteps: number): Windows {
  const [p30, p60, p300] = peerWindows(grid);
  return {
    squares: union(RV_WINDOWS, [p60, p300, horizonSteps]),
    returns: union([60, 300, p60, p300]),
    products: [60, 300],
    parkinson: union(PARKINSON_WINDOWS, [horizonSteps]),
    spreads: [60, 900],
    dollarSpreads: union([p60, p300]),
    imbalances: union([60, p30, p60, p300]),
    ticks: union([10, 60, 300, 900, p300]),
    moves: [p300],
  };
}

function union(...windows: readonly (readonly number[])[]): number[] {
  return [...new Set(windows.flat())].sort((a, b) => a - b);
}
