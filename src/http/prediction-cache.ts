// Live predictions as this isolate read them last. Values only: a promise of another request's read must not be shared.
import { isFresh } from "../model/is-fresh.ts";
import type { Prediction } from "../durable/symbol/prediction.ts";

const MAX_AGE_MS = 250;
const MAX_SYMBOLS = 4096;

/** What was read; `prediction` is `undefined` for a symbol that has closed no step. */
interface CachedPrediction {
  readonly prediction: Prediction | undefined;
  readonly atMs: number;
}

class PredictionCache {
  private readonly entries = new Map<string, CachedPrediction>();
  private nowMs: () => number = Date.now;

  /** What was read less than 250 ms ago. */
  get(symbol: string): CachedPrediction | undefined {
    const cached = this.entries.get(symbol);
    return cached !== undefined && isFresh(cached.atMs, MAX_AGE_MS, this.nowMs()) ? cached : undefined;
  }

  set(symbol: string, prediction: Prediction | undefined): void {
    if (this.entries.size >= MAX_SYMBOLS) this.entries.clear();
    this.entries.set(symbol, { prediction, atMs: this.nowMs() });
  }

  /** Takes the time from `clock` from now on. For tests. */
  useClock(clock: () => number): void {
    this.nowMs = clock;
  }
}

export const predictionCache = new PredictionCache();
