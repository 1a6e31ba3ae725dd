// An alert book's state of one rule, and its parser.
import { type AlertChange, parseAlertChange, SEVERITIES, type Severity } from "./alert-change.ts";

export interface RuleRecord {
  /** Confirmations in a row: bad readings while quiet, good ones while firing. */
  streak: number;
  /** Time of the last counted evidence. */
  countedMs: number | null;
  /** For a rule that judges windows: end of the newest judged window. Older windows are ignored. */
  newestWindowMs: number | null;
  /** Time of the first confirmation of the streak. */
  sinceMs: number | null;
  fired: {
    /** Of the alert, which keeps it though its rule gets another name. */
    readonly id: string;
    readonly atMs: number;
    readonly sinceMs: number;
    readonly severity: Severity;
    readonly model: string | null;
  } | null;
  /** Time of the last resolve, for the cool-down. */
  resolvedMs: number | null;
}

export function emptyRecord(): RuleRecord {
  return { streak: 0, countedMs: null, newestWindowMs: null, sinceMs: null, fired: null, resolvedMs: null };
}

/** The evidence of one look. */
export interface Evidence {
  /** Time of the look, or end of the judged window. */
  readonly atMs: number;
  /** Length of the judged window; `undefined` for a look at the present moment. */
  readonly windowMs: number | undefined;
}

/**
 * Counts a confirming look. Looks at the present moment count when they are `gapMs` apart. A look earlier than the last
 * one counts too: the clock was set back, and otherwise no look would count for long. Each window counts once; a gap
 * between two windows resets the count.
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

/** Resets the count. */
export function startAnew(record: RuleRecord): void {
  record.streak = 0;
  record.countedMs = null;
  record.sinceMs = null;
}

/**
 * Parses a stored record; `undefined` if invalid.
 * @param idOf the id of an alert that fired at this time, for records of an earlier version, which lack it.
 */
export function parseRuleRecord(value: unknown, idOf: (firedMs: number) => string): RuleRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const raw = value as Readonly<Record<string, unknown>>;
  const { streak, countedMs, newestWindowMs = null, sinceMs, fired, resolvedMs } = raw;
  if (typeof streak !== "number" || !Number.isInteger(streak) || streak < 0) return undefined;
  if (!isTime(countedMs) || !isTime(newestWindowMs) || !isTime(sinceMs) || !isTime(resolvedMs)) return undefined;
  const parsed = fired === null ? null : parseFired(fired, idOf);
  return parsed === undefined ? undefined : { streak, countedMs, newestWindowMs, sinceMs, fired: parsed, resolvedMs };
}

function parseFired(value: unknown, idOf: (firedMs: number) => string): NonNullable<RuleRecord["fired"]> | undefined {
  const raw = (typeof value === "object" ? value : {}) as Readonly<Record<string, unknown>>;
  const severity = SEVERITIES.find((known) => known === raw["severity"]);
  const { id, atMs, sinceMs, model } = raw;
  if (typeof atMs !== "number" || typeof sinceMs !== "number" || severity === undefined) return undefined;
  if (model !== null && typeof model !== "string") return undefined;
  return { id: typeof id === "string" ? id : idOf(atMs), atMs, sinceMs, severity, model };
}

/** Parses the stored changes in order, leaving out invalid ones; empty if the value is not a list. */
export function parseUnreported(value: unknown): AlertChange[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => parseAlertChange(entry) ?? []);
}

function isTime(value: unknown): value is number | null {
  return value === null || (typeof value === "number" && Number.isFinite(value));
}
