// Sends a symbol's spikes to the alerts object, until that has them.
import { alertsOf } from "../../../clients/alerts.ts";
import type { Env } from "../../../settings.ts";
import type { LiveSymbol } from "../live-symbol.ts";

/** Spikes in one call. */
const AT_ONCE = 200;

export class SpikeSender {
  /** Whether spikes are on their way: what comes meanwhile goes with them, and no second call is made. */
  private isSending = false;

  /**
   * Throws what the alerts object throws; the next call then sends them again.
   * @param liveSymbol called each time: the symbol may be reloaded or removed meanwhile.
   */
  async send(env: Env, liveSymbol: () => LiveSymbol | undefined): Promise<void> {
    const live = liveSymbol();
    if (this.isSending || live === undefined) return;
    this.isSending = true;
    try {
      for (const grid of [live, ...live.grids.values()]) {
        const { spikes } = grid;
        while (spikes.pending.length > 0) {
          const some = spikes.pending.slice(0, AT_ONCE);
          await alertsOf(env).reportSpikes([...some]);
          // What this one would store is not the symbol's state any more. Spikes that are sent again are told once.
          if (liveSymbol() !== live) return;
          spikes.markSent(some);
        }
      }
    } finally {
      this.isSending = false;
    }
  }
}
