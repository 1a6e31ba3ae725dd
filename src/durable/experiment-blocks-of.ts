// A symbol's part of an experiment, out of its monitor.
import { labelSpecText } from "../features/label-spec.ts";
import type { ExperimentBlocks } from "./experiment-blocks.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import type { Serving } from "./symbol-serving.ts";

/** What the monitor compares now, and who answered since the experiment began. */
export function experimentBlocksOf(monitor: SymbolMonitor, { models, experiment }: Serving): ExperimentBlocks {
  const { champion, challenger } = models.byAlias;
  const { pair } = monitor.quality;
  return {
    pair: pair === undefined ? null : pair,
    championLabel: champion === undefined ? null : labelSpecText(champion.manifest.label),
    challengerLabel: challenger === undefined ? null : labelSpecText(challenger.manifest.label),
    blocks: monitor.quality.blockGains(),
    answered: experiment === null ? { champion: 0, challenger: 0 } : monitor.answers.of(experiment.id),
  };
}
