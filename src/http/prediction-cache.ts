// Live predictions as this isolate read them last. Values only: a promise of another request's read must not be shared.
import { CachedReads } from "../clients/cached-reads.ts";
import type { Prediction } from "../durable/symbol/prediction.ts";

/** Readers that come while one of them asks the object get the prediction before, of at most a second ago. */
const TIMES = { freshMs: 250, staleMs: 1_000 };
const MAX_SYMBOLS = 4096;

class PredictionCache {
  private readonly entries = new CachedReads<Prediction | null | undefined>(MAX_SYMBOLS);
  private nowMs: () => number = Date.now;

  /** The symbol's prediction on a grid, asked by `read` if necessary; see `SymbolObject.predict`. */
  async get(
    symbol: string,
    read: () => Promise<Prediction | null | undefined>,
    grid?: string,
  ): Promise<Prediction | null | undefined> {
    // No name of a symbol has a space.
    const key = grid === undefined ? symbol : `${symbol} ${grid}`;
    return await this.entries.of(key, TIMES, () => this.nowMs()).get(read);
  }

  /** Takes the time from `clock` from now on. For tests. */
  useClock(clock: () => number): void {
    this.nowMs = clock;
  }
}

export const predictionCache = new PredictionCache();
