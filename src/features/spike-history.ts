// When the horizons of one label spec were spikes: the columns of `default-2` that each label spec has of its own.
import { EXCEEDANCE_HALF_LIVES, MOST_CALM_HORIZONS } from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { ln } from "./exact-math.ts";
import { horizonMinCount } from "./horizon-window.ts";
import { type Label, LABEL } from "./label-window.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Takes each label when it becomes known; a void one only lets time pass. */
export class SpikeHistory {
  private readonly horizonSteps: number;
  private readonly shares: EwmaBank;
  private readonly minCounts: readonly number[];
  private stepsSinceSpike = NaN;

  constructor(horizonSteps: number) {
    this.horizonSteps = horizonSteps;
    this.shares = new EwmaBank(EXCEEDANCE_HALF_LIVES.map((h) => h * horizonSteps));
    this.minCounts = this.shares.halfLives.map(horizonMinCount);
  }

  update(label: Label): void {
    this.stepsSinceSpike += 1;
    if (label === LABEL.spike) {
      this.stepsSinceSpike = 0;
      this.shares.update(1);
    } else if (label === LABEL.calm) {
      this.shares.update(0);
    }
  }

  /** Writes its columns into `out` from `at` on. */
  write(out: Float64Array, at: number): void {
    const { shares, minCounts } = this;
    for (let k = 0; k < minCounts.length; k++) out[at++] = shares.value(k, minCounts[k]!);
    out[at] = ln(1 + Math.min(this.stepsSinceSpike / this.horizonSteps, MOST_CALM_HORIZONS));
  }

  reset(): void {
    this.shares.reset();
    this.stepsSinceSpike = NaN;
  }

  save(to: StateWriter): void {
    this.shares.save(to);
    to.number(this.stepsSinceSpike);
  }

  load(from: StateReader): void {
    this.shares.load(from);
    this.stepsSinceSpike = from.number();
  }
}
