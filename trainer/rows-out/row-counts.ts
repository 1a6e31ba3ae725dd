// What was written of one symbol.
import { LABEL } from "../../src/features/label-window.ts";
import type { FinishedRow } from "./finished-row.ts";

export class RowCounts {
  /** Whether its rows go on from a state. */
  readonly goesOn: boolean;
  /** Closed steps before the first row that is written. */
  warmUpSteps = 0;
  rows = 0;
  eligible = 0;
  spikes = 0;
  episodes = 0;
  /** Rows whose horizon has too many holes, and rows without a label. */
  void = 0;
  unlabelled = 0;
  /** Whether the ticks ended before every row before `--to` was finished. */
  endsEarly = false;
  private lastEpisode = NaN;

  constructor(goesOn: boolean) {
    this.goesOn = goesOn;
  }

  add({ eligible, label, episode }: FinishedRow): void {
    this.rows += 1;
    if (label === LABEL.void) this.void += 1;
    if (label === LABEL.none) this.unlabelled += 1;
    if (!eligible) return;
    this.eligible += 1;
    if (label !== LABEL.spike) return;
    this.spikes += 1;
    if (episode !== this.lastEpisode) this.episodes += 1;
    this.lastEpisode = episode;
  }
}
