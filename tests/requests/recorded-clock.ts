// A clock for retries that does not wait: it notes each wait and lets its time pass at once.
import type { Clock } from "../../requests/retry.ts";

export class RecordedClock implements Clock {
  readonly waitsMs: number[] = [];
  private now: number;

  constructor(nowMs = 0) {
    this.now = nowMs;
  }

  nowMs(): number {
    return this.now;
  }

  wait(ms: number): Promise<void> {
    this.waitsMs.push(ms);
    this.now += ms;
    return Promise.resolve();
  }

  /** Lets time pass outside of a wait, as an attempt that takes long does. */
  pass(ms: number): void {
    this.now += ms;
  }
}
