// What rows are, whatever the model: how many, how many spikes, and how many separate events the spikes are.
import type { Dataset } from "./dataset.ts";
import { countEpisodes, episodeRule } from "../evaluate/metrics/episodes.ts";

export interface RowFigures {
  readonly rows: number;
  readonly positives: number;
  readonly episodes: number;
  readonly baseRate: number;
}

/** Counts rows, positives and episodes (see `countEpisodes`). */
export function describeRows(data: Dataset, rows: Int32Array): RowFigures {
  const positives = rows.reduce((sum, k) => sum + data.rows.label[k]!, 0);
  return {
    rows: rows.length,
    positives,
    episodes: countEpisodes(data.rows, rows, episodeRule(data.config.label.horizonSteps, data.config.grid.stepMs)),
    baseRate: positives / rows.length,
  };
}
