// Spikes as a reader sees them: one episode for confirmations in a row, over the time that they are about.
import type { HistoryAnswer } from "../../gateway/answers.ts";

export interface SpikeEpisode {
  /** End of the first step whose horizon was a spike. */
  readonly fromMs: number;
  /** When the last of them was confirmed. */
  readonly toMs: number;
  /** When the first of them was confirmed: earlier nobody could know. */
  readonly confirmedMs: number;
}

/**
 * `spike` at a bucket confirms the step one horizon earlier. Confirmations whose horizons overlap are one episode; a
 * null ends none and begins none.
 */
export function spikeEpisodes({ columns, step_ms, horizon_steps }: HistoryAnswer): SpikeEpisode[] {
  const horizonMs = step_ms * horizon_steps;
  const episodes: SpikeEpisode[] = [];
  columns.ts.forEach((ts, i) => {
    if (columns.spike[i] !== true) return;
    const last = episodes.at(-1);
    if (last !== undefined && ts - horizonMs <= last.toMs) episodes[episodes.length - 1] = { ...last, toMs: ts };
    else episodes.push({ fromMs: ts - horizonMs, toMs: ts, confirmedMs: ts });
  });
  return episodes;
}
