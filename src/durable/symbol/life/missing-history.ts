// Fills the windows of a symbol whose slots do not reach back far enough from its archive, once that answers.
import { isFresh } from "../../../model/is-fresh.ts";
import { archiveOf } from "../../../settings.ts";
import { isLonger } from "../archive/archived-history.ts";
import { addGridHistory, gridsWithoutHistory } from "../grids/grid-history.ts";
import { withHistory } from "../live-symbol.ts";
import { historyOf } from "./begin-symbol.ts";
import type { HeldSymbol } from "./held-symbol.ts";

/** Pause after an archive that could not be read, before it is asked for a history again. */
const RETRY_MS = 30_000;

export class MissingHistory {
  private readonly held: HeldSymbol;
  /** When the archive was asked in vain, wall-clock ms. */
  private failedMs = -Infinity;

  constructor(held: HeldSymbol) {
    this.held = held;
  }

  /** Whether the state was rebuilt from slots that do not reach back far enough, and the archive may be asked now. */
  get isDue(): boolean {
    const { live, env } = this.held;
    if (live === undefined || archiveOf(env) === undefined) return false;
    if (!live.engine.lacksHistory && gridsWithoutHistory(live).length === 0) return false;
    return !isFresh(this.failedMs, RETRY_MS, Date.now());
  }

  /** Again after a pause until the archive has answered. Needs exclusive access. Never throws. */
  async add(): Promise<void> {
    const { held } = this;
    const { live, env } = held;
    if (live === undefined || !this.isDue) return;
    try {
      const { features, archivedSeq, lacksHistory } = live.engine;
      const history = lacksHistory ? await historyOf(env, live.name, features.config, archivedSeq) : undefined;
      if (history === undefined || !isLonger(history, features)) live.engine.lacksHistory = false;
      else held.live = withHistory(live, history, held.stores);
      for (const grid of gridsWithoutHistory(held.live!)) {
        const isFilled = await addGridHistory(env, held.live!, grid, held.stores.slots);
        // At once: slots do not have it, and steps replayed without it would get other scores than were answered.
        // Where replayed steps of the symbol's own grid wait for scores, these are followed by a snapshot.
        if (isFilled && held.live!.isRecovered) held.live!.engine.saveSnapshot(held.live!.evaluation);
      }
    } catch (error) {
      this.failedMs = Date.now();
      held.logFault("archive_not_read", error);
    }
  }
}
