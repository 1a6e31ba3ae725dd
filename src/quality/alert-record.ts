// What an alert book keeps of one rule, and how it is read back from storage.
import { type AlertChange, parseAlertChange, SEVERITIES, type Severity } from "./alert-change.ts";

export interface RuleRecord {
  /** Confirmations in a row: of the bad while quiet, of the good while firing. */
  streak: number;
  /** Time of the evidence that was counted last. */
  countedMs: number | null;
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
  return { streak: 0, countedMs: null, sinceMs: null, fired: null, resolvedMs: null };
}

/** From storage; `undefined` for what is none. */
export function parseRuleRecord(value: unknown): RuleRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { streak, countedMs, sinceMs, fired, resolvedMs } = value as Readonly<Record<string, unknown>>;
  if (typeof streak !== "number" || !Number.isInteger(streak) || streak < 0) return undefined;
  if (!isTime(countedMs) || !isTime(sinceMs) || !isTime(resolvedMs)) return undefined;
  if (fired === null) return { streak, countedMs, sinceMs, fired, resolvedMs };
  const raw = (typeof fired === "object" ? fired : {}) as Readonly<Record<string, unknown>>;
  const severity = SEVERITIES.find((known) => known === raw["severity"]);
  const { atMs, sinceMs: firedSinceMs, model } = raw;
  if (typeof atMs !== "number" || typeof firedSinceMs !== "number" || severity === undefined) return undefined;
  if (model !== null && typeof model !== "string") return undefined;
  return { streak, countedMs, sinceMs, fired: { atMs, sinceMs: firedSinceMs, severity, model }, resolvedMs };
}

/** From storage, in its order and without what is none; empty for what is no list. */
export function parseUnreported(value: unknown): AlertChange[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => parseAlertChange(entry) ?? []);
}

function isTime(value: unknown): value is number | null {
  return value === null || (typeof value === "number" && Number.isFinite(value));
}
