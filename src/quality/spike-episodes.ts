// Assigns each spike to an episode.

/** Spikes less than this many steps apart are one event, even if the horizon is shorter. */
const EPISODE_STEPS = 60;

/**
 * Spikes less than max(horizon, 60) steps apart are one episode, as in the trainer. An episode's number is the step of
 * its first spike.
 *
 * Example: with a horizon of 60, spikes at 0, 1, 59 and 130 belong to the episodes 0, 0, 0 and 130.
 */
export class SpikeEpisodes {
  /** The episode of the last spike, and that spike; −1 before the first. */
  episode: number;
  lastSpike: number;
  private readonly gapSteps: number;

  constructor(horizonSteps: number, { episode, lastSpike } = { episode: -1, lastSpike: -1 }) {
    this.gapSteps = Math.max(horizonSteps, EPISODE_STEPS);
    this.episode = episode;
    this.lastSpike = lastSpike;
  }

  /** Adds a spike, later than all before; returns whether it begins an episode. */
  update(index: number): boolean {
    const begins = this.episode < 0 || index - this.lastSpike >= this.gapSteps;
    if (begins) this.episode = index;
    this.lastSpike = index;
    return begins;
  }
}
