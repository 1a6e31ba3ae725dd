// Keeps an event that a resumed stream sends again from being handed out twice. A cursor stands behind whole steps, and
// a step may have two events.
import type { AlertEvent, GapEvent, LabelEvent, PredictionEvent } from "./stream-event.ts";

/** Alerts have no steps; so many of their cursors are remembered, which are one of its own each. */
const MOST_ALERTS = 1_000;

export class ResumeGuard {
  private readonly last = new Map<string, number>();
  private readonly alerts = new Set<string>();
  /** Symbols and types of which nothing new has come since the stream was resumed. */
  private overlapping = new Set<string>();

  /** The stream begins again, behind an event that was handed out. */
  resumed(): void {
    this.overlapping = new Set(this.last.keys());
  }

  /** Whether an event was not handed out before. Events of a symbol and type come in the order of their steps. */
  isNew(event: PredictionEvent | LabelEvent | AlertEvent | GapEvent): boolean {
    if (event.type === "alert") return this.isNewAlert(event.cursor);
    if (event.type === "gap") {
      // A symbol that was removed and made anew begins at an earlier step.
      for (const type of ["prediction", "label"]) this.overlapping.delete(`${type}:${event.symbol}`);
      return true;
    }
    const key = `${event.type}:${event.symbol}`;
    const last = this.last.get(key);
    if (last !== undefined && (event.step === last || (event.step < last && this.overlapping.has(key)))) return false;
    this.overlapping.delete(key);
    this.last.set(key, event.step);
    return true;
  }

  private isNewAlert(cursor: string): boolean {
    if (this.alerts.has(cursor)) return false;
    this.alerts.add(cursor);
    if (this.alerts.size > MOST_ALERTS) this.alerts.delete(this.alerts.values().next().value!);
    return true;
  }
}
