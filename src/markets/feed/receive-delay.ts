// How long messages take from the venue to here: told as lag, and used to date what has no time of its own.

/** The least delay is that of this span and the one before it, ms. */
const SPAN_MS = 60_000;
/** Weight of a new delay in the mean. */
const WEIGHT = 0.02;

export class ReceiveDelay {
  private spanSinceMs = -Infinity;
  private leastNow = Infinity;
  private leastBefore = Infinity;
  private mean = NaN;

  /** Notes the delay of a tick, which includes the difference of the two clocks. */
  note(tsMs: number, receivedMs: number): void {
    const delayMs = receivedMs - tsMs;
    if (receivedMs - this.spanSinceMs >= SPAN_MS) {
      this.leastBefore = this.leastNow;
      this.leastNow = Infinity;
      this.spanSinceMs = receivedMs;
    }
    this.leastNow = Math.min(this.leastNow, delayMs);
    this.mean = Number.isNaN(this.mean) ? delayMs : this.mean + WEIGHT * (delayMs - this.mean);
  }

  /** An exponentially weighted mean, ms; `null` before the first tick that has a time. */
  get meanMs(): number | null {
    return Number.isNaN(this.mean) ? null : this.mean;
  }

  /**
   * When a message without a time was sent: its receipt less the least delay of the last one to two minutes. Its time
   * is then comparable with that of the ticks beside it, which are dated by the venue's clock.
   */
  sentMs(receivedMs: number): number {
    const least = Math.min(this.leastNow, this.leastBefore);
    return Number.isFinite(least) ? Math.floor(receivedMs - least) : receivedMs;
  }
}
