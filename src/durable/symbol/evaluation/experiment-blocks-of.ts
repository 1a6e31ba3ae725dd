// A symbol's part of an experiment, out of its monitor.
import type { BlockGain } from "../../../quality/quality-series.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import type { RunningExperiment } from "../prediction.ts";

/** One symbol's part of an experiment, as its object answers. */
export interface ExperimentBlocks {
  /** SHA-256 of the two models that `blocks` compares: an object may not have heard yet of the newest experiment. */
  readonly pair: { readonly champion: string; readonly challenger: string } | null;
  readonly blocks: readonly BlockGain[];
  /** Steps since the experiment began that each of them answered, whatever is compared. */
  readonly answered: { readonly champion: number; readonly challenger: number };
}

/** What the monitor compares now, and who answered since the experiment began. */
export function experimentBlocksOf(monitor: SymbolMonitor, experiment: RunningExperiment | null): ExperimentBlocks {
  const { pair } = monitor.quality;
  return {
    pair: pair === undefined ? null : pair,
    blocks: monitor.quality.blockGains(),
    answered: experiment === null ? { champion: 0, challenger: 0 } : monitor.answers.of(experiment.id),
  };
}
