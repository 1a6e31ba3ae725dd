// What an experiment's kept evidence says, as its registry knows it: it is one, so its samples carry no isolate.
import type { Family } from "./exposition.ts";

export interface ExperimentFigures {
  readonly eValue: number;
  readonly blocks: number;
  readonly episodes: number;
}

/** Families of the running experiment; none without one, or when the registry did not answer. */
export function experimentFamilies(figures: ExperimentFigures | undefined): Family[] {
  if (figures === undefined) return [];
  const gauge = (name: string, help: string, value: number): Family => {
    return { name, help, type: "gauge", samples: [{ labels: {}, value }] };
  };
  const asOf = "As of the last evaluation; a new experiment begins anew.";
  return [
    gauge(
      "volgate_experiment_e_value",
      `Evidence that the challenger is better; the rule needs 20. ${asOf}`,
      figures.eValue,
    ),
    gauge("volgate_experiment_blocks", `Blocks of time that the evidence stands on. ${asOf}`, figures.blocks),
    gauge(
      "volgate_experiment_episodes",
      `Separate spikes in these blocks; the rule needs 30. ${asOf}`,
      figures.episodes,
    ),
  ];
}
