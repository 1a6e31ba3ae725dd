// Gives each spike the name of its episode: the events that the trainer counts, of one symbol.
import { episodeRule } from "../evaluate/metrics/episodes.ts";

/**
 * Names an episode by the step of its first spike, so that the name does not depend on where one began to read.
 *
 * Example: spikes at steps 10, 11 and 69 with a gap of 60 steps are the episode 10; the next at 129 is the episode 129.
 */
export class SpikeEpisodes {
  private readonly gapMs: number;
  private lastMs = -Infinity;
  private first = NaN;

  constructor(horizonSteps: number, stepMs: number) {
    this.gapMs = episodeRule(horizonSteps, stepMs).gapMs;
  }

  /** Takes the next spike that is learned from, in order of time, and returns the name of its episode. */
  update(step: number, timeMs: number): number {
    if (!(timeMs - this.lastMs < this.gapMs)) this.first = step;
    this.lastMs = timeMs;
    return this.first;
  }

  /** First step and last time of the newest episode. */
  save(): readonly [first: number, lastMs: number] {
    return [this.first, this.lastMs];
  }

  load([first, lastMs]: readonly [first: number, lastMs: number]): void {
    this.first = first;
    this.lastMs = lastMs;
  }
}
