// The alerts of a week, out of the list that the alerts object keeps.
import { MAX_LISTED, MAX_RECENT } from "../../durable/alerts/alert-log.ts";
import type { AlertList } from "../../durable/alerts/object.ts";
import type { AlertChange } from "../../quality/alerts/alert-change.ts";

/** An alert that fired, or ended, or still fired in the week. */
export interface WeekAlert {
  readonly firing: AlertChange;
  readonly resolvedMs: number | null;
}

/** Which alerts of the week the list may lack, in words: it is no longer than the alerts object makes it. */
export function unlistedAlerts({ active, recent }: AlertList, fromMs: number): string[] {
  const missing: string[] = [];
  if (active.length >= MAX_LISTED) missing.push(`alerts: of those that fire only the first ${MAX_LISTED} are shown`);
  const oldest = Math.min(...recent.map(({ resolved }) => resolved?.atMs ?? Infinity));
  if (recent.length >= MAX_RECENT && oldest >= fromMs) {
    missing.push(`alerts: only the last ${MAX_RECENT} that ended are kept; more may have ended in this week`);
  }
  return missing;
}

/** Alerts that fired, ended or still fire since `fromMs`, oldest first. */
export function weekAlerts({ active, recent }: AlertList, fromMs: number): WeekAlert[] {
  const all: WeekAlert[] = [
    ...active.map((firing) => ({ firing, resolvedMs: null })),
    ...recent.map(({ firing, resolved }) => ({ firing, resolvedMs: resolved?.atMs ?? null })),
  ];
  return all
    .filter(({ firing, resolvedMs }) => firing.atMs >= fromMs || (resolvedMs ?? Infinity) >= fromMs)
    .sort((a, b) => a.firing.atMs - b.firing.atMs);
}
