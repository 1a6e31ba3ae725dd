// Everything that a symbol keeps of one label spec: its threshold, the labels that wait, and when they were spikes.
import type { ClosedSteps } from "./closed-steps.ts";
import { HISTORY_COLUMNS } from "./default-2.ts";
import { ln } from "./exact-math.ts";
import { LABEL, LabelWindow } from "./label-window.ts";
import type { LabelSpec } from "./label-spec.ts";
import { epsilonOf } from "./schema.ts";
import { SpikeHistory } from "./spike-history.ts";
import { HORIZON_STATE_VERSION, type StateReader, type StateWriter } from "./state-buffer.ts";
import type { Threshold } from "./threshold.ts";
import { thresholdOf } from "./threshold-of.ts";
import type { VolatilityRing } from "./volatility-ring.ts";

export class LabelState {
  readonly spec: LabelSpec;
  readonly threshold: Threshold;
  /** Steps since creation or `load` whose τ was at most ε. */
  flatSteps = 0;
  private readonly labels: LabelWindow;
  private readonly history: SpikeHistory;

  /**
   * Fills the threshold from the ring. Throws `RangeError` when the spec's window does not fit it.
   * @param at the grid's step, and the end of the newest step, `NaN` before the first.
   */
  constructor(spec: LabelSpec, ring: VolatilityRing, at: { readonly stepMs: number; readonly tsMs: number }) {
    this.spec = spec;
    this.threshold = thresholdOf(spec, ring, { ...at, floor: epsilonOf(spec.horizonSteps) });
    this.labels = new LabelWindow(spec.horizonSteps);
    this.history = new SpikeHistory(spec.horizonSteps);
  }

  /**
   * Takes a step after the ring has it, and writes τ, its label and its volatility into `out`.
   * @param tsMs end of the step.
   * @param at place of the step and spec: k · specs + spec.
   * @param horizonVolatility of the horizon that ends with the step, `NaN` when it has too many holes.
   */
  update(ring: VolatilityRing, tsMs: number, horizonVolatility: number, out: ClosedSteps, at: number): void {
    this.threshold.update(ring, tsMs);
    const tau = this.threshold.value;
    if (tau !== tau && this.threshold.isFlat) this.flatSteps += 1;
    const label = this.labels.update(tau, horizonVolatility);
    this.history.update(label);
    out.label[at] = label;
    this.write(tau, horizonVolatility, out, at);
  }

  /** Writes the newest step without a label: it may have been decided under other specs. */
  writeUndecided(horizonVolatility: number, out: ClosedSteps, at: number): void {
    out.label[at] = LABEL.none;
    this.write(this.threshold.value, horizonVolatility, out, at);
    this.writeHistory(out, at);
  }

  /** Writes its columns of `default-2`, as of the newest step. */
  writeHistory(out: ClosedSteps, at: number): void {
    this.history.write(out.history, at * HISTORY_COLUMNS);
  }

  reset(): void {
    this.labels.reset();
    this.history.reset();
  }

  save(to: StateWriter): void {
    this.labels.save(to);
    this.history.save(to);
  }

  /** An older state has no history of spikes: it begins anew. */
  load(from: StateReader): void {
    this.labels.load(from);
    if (from.version >= HORIZON_STATE_VERSION) this.history.load(from);
  }

  private write(tau: number, horizonVolatility: number, out: ClosedSteps, at: number): void {
    out.tau[at] = tau;
    out.lnTau[at] = ln(tau);
    out.horizonVolatility[at] = horizonVolatility;
  }
}
