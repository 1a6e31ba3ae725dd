// A symbol's part of an experiment, out of its monitor.
import type { ExperimentBlocks } from "../../../jobs/experiment/experiment-blocks.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import type { Serving } from "../symbol-serving.ts";

/** What the monitor compares now, and who answered since the experiment began. */
export function experimentBlocksOf(monitor: SymbolMonitor, { experiment }: Serving): ExperimentBlocks {
  const { pair } = monitor.quality;
  return {
    pair: pair === undefined ? null : pair,
    blocks: monitor.quality.blockGains(),
    answered: experiment === null ? { champion: 0, challenger: 0 } : monitor.answers.of(experiment.id),
  };
}
