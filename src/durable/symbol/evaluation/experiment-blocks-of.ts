// A symbol's part of an experiment, from its monitor.
import type { BlockGain } from "../../../quality/quality-series.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import type { RunningExperiment } from "../prediction.ts";

/** One symbol's part of an experiment, as its object answers. */
export interface ExperimentBlocks {
  /** SHA-256 of the two models that `blocks` compares; the object may not have read the newest experiment yet. */
  readonly pair: { readonly champion: string; readonly challenger: string } | null;
  readonly blocks: readonly BlockGain[];
  /** Steps that each model answered since the experiment began, whether or not they are compared. */
  readonly answered: { readonly champion: number; readonly challenger: number };
}

/** The monitor's comparison, and each model's answered steps since the experiment began. */
export function experimentBlocksOf(monitor: SymbolMonitor, experiment: RunningExperiment | null): ExperimentBlocks {
  const { pair } = monitor.quality;
  return {
    pair: pair === undefined ? null : pair,
    blocks: monitor.quality.blockGains(),
    answered: experiment === null ? { champion: 0, challenger: 0 } : monitor.answers.of(experiment.id),
  };
}
