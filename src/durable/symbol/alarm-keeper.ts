// Keeps an object's alarm set to the earliest thing due.
import { logError } from "../../log.ts";

/** When the alarm looks again after nobody could say what is due. */
const RETRY_PLANNING_MS = 60_000;
/** An alarm that is this late is taken for lost. */
const OVERDUE_MS = 60_000;

export class AlarmKeeper {
  private readonly storage: DurableObjectStorage;
  private readonly nextDueMs: (nowMs: number) => number | undefined;
  private readonly symbol: () => string | undefined;

  /** @param nextDueMs when the alarm must run, wall-clock ms; `undefined` when nothing is due. */
  constructor(
    storage: DurableObjectStorage,
    nextDueMs: (nowMs: number) => number | undefined,
    symbol: () => string | undefined,
  ) {
    this.storage = storage;
    this.nextDueMs = nextDueMs;
    this.symbol = symbol;
  }

  /**
   * Sets the alarm to the earliest thing due, unless it runs before that anyway. Asks the storage each time, because an
   * alarm can be lost. Never throws.
   */
  async ensure(): Promise<void> {
    try {
      const nowMs = Date.now();
      const dueMs = this.plannedMs(nowMs);
      if (dueMs === undefined) return;
      const alarmMs = await this.storage.getAlarm();
      if (alarmMs !== null && alarmMs <= dueMs && alarmMs > nowMs - OVERDUE_MS) return;
      await this.storage.setAlarm(Math.max(dueMs, nowMs));
    } catch (error) {
      // The next batch sets the alarm again.
      this.log("alarm_not_set", error);
    }
  }

  /** After a fault, a minute later: what is due must not wait for the next batch. */
  private plannedMs(nowMs: number): number | undefined {
    try {
      const dueMs = this.nextDueMs(nowMs);
      if (!Number.isNaN(dueMs)) return dueMs;
      throw new RangeError("got NaN, expected a time");
    } catch (error) {
      this.log("alarm_not_planned", error);
      return nowMs + RETRY_PLANNING_MS;
    }
  }

  private log(event: string, error: unknown): void {
    logError(event, { symbol: this.symbol(), error: String(error) });
  }
}
