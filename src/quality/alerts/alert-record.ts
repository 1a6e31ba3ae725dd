// What an alert book keeps of one rule, and how it is read back from storage.
import { type AlertChange, parseAlertChange, SEVERITIES, type Severity } from "./alert-change.ts";

export interface RuleRecord {
  /** Confirmations in a row: of the bad while quiet, of the good while firing. */
  streak: number;
  /** Time of the evidence that was counted last. */
  countedMs: number | null;
  /**
   * End of the newest window that was judged, of a rule that judges windows: an older one comes too late to say
   * anything.
   */
  newestWindowMs: number | null;
  /** When the first of them was seen. */
  sinceMs: number | null;
  fired: {
    readonly atMs: number;
    readonly sinceMs: number;
    readonly severity: Severity;
    readonly model: string | null;
  } | null;
  /** When it resolved last, for the cool-down. */
  resolvedMs: number | null;
}

export function emptyRecord(): RuleRecord {
  return { streak: 0, countedMs: null, newestWindowMs: null, sinceMs: null, fired: null, resolvedMs: null };
}

/** What a look gives to be counted. */
export interface Evidence {
  /** Time of the look, or end of the window that it judged. */
  readonly atMs: number;
  /** Length of that window; `undefined` for a look at the moment. */
  readonly windowMs: number | undefined;
}

/**
 * Counts a look that says what is waited for. Looks at the moment count when they are `gapMs` apart; one from before
 * the last counts too, since the clock was set back, rather than never again. Windows count once each, and only one
 * right after the other: where one between them is missing, the count starts anew.
 *
 * Example: of windows of 1 h that end at 1, 2, 4 and 5 o'clock the streak is 1, 2, 1, 2.
 */
export function countEvidence(record: RuleRecord, { atMs, windowMs }: Evidence, gapMs: number, nowMs: number): void {
  const { countedMs } = record;
  if (windowMs === undefined) {
    if (countedMs !== null && atMs >= countedMs && atMs - countedMs < gapMs) return;
  } else {
    if (countedMs === atMs) return;
    if (countedMs !== null && atMs - countedMs !== windowMs) startAnew(record);
  }
  record.streak += 1;
  record.countedMs = atMs;
  record.sinceMs ??= nowMs;
}

/** Forgets what was counted. */
export function startAnew(record: RuleRecord): void {
  record.streak = 0;
  record.countedMs = null;
  record.sinceMs = null;
}

/** From storage; `undefined` for what is none. */
export function parseRuleRecord(value: unknown): RuleRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const raw = value as Readonly<Record<string, unknown>>;
  const { streak, countedMs, newestWindowMs = null, sinceMs, fired, resolvedMs } = raw;
  if (typeof streak !== "number" || !Number.isInteger(streak) || streak < 0) return undefined;
  if (!isTime(countedMs) || !isTime(newestWindowMs) || !isTime(sinceMs) || !isTime(resolvedMs)) return undefined;
  const parsed = fired === null ? null : parseFired(fired);
  return parsed === undefined ? undefined : { streak, countedMs, newestWindowMs, sinceMs, fired: parsed, resolvedMs };
}

function parseFired(value: unknown): NonNullable<RuleRecord["fired"]> | undefined {
  const raw = (typeof value === "object" ? value : {}) as Readonly<Record<string, unknown>>;
  const severity = SEVERITIES.find((known) => known === raw["severity"]);
  const { atMs, sinceMs, model } = raw;
  if (typeof atMs !== "number" || typeof sinceMs !== "number" || severity === undefined) return undefined;
  if (model !== null && typeof model !== "string") return undefined;
  return { atMs, sinceMs, severity, model };
}

/** From storage, in its order and without what is none; empty for what is no list. */
export function parseUnreported(value: unknown): AlertChange[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => parseAlertChange(entry) ?? []);
}

function isTime(value: unknown): value is number | null {
  return value === null || (typeof value === "number" && Number.isFinite(value));
}
