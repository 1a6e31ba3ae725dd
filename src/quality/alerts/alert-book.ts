// One symbol's alerts. A condition fires an alert only after confirmation, the end needs confirmation too, and changes
// are kept until they have been reported.
import { ALERT_RULES, type AlertChange, type AlertRule, RULES_OF_NO_MODEL, ruleNamed } from "./alert-change.ts";
import type { AlertFacts } from "./alert-facts.ts";
import { type AlertLimits, DEFAULT_ALERT_LIMITS } from "./alert-limits.ts";
import { readRule } from "./read-rule.ts";
import {
  countEvidence,
  emptyRecord,
  parseRuleRecord,
  parseUnreported,
  type RuleRecord,
  startAnew,
} from "./alert-record.ts";
import { confirmationsToFire, type Reading, timeOf } from "./rule-reading.ts";
import { type RuleStatus, ruleStatus } from "./rule-status.ts";

export interface AlertBookOptions {
  /** A symbol, or `GATEWAY_SYMBOL`. */
  readonly symbol: string;
  readonly stepMs: number;
  readonly limits?: AlertLimits;
}

/** One moment by the rule's own clock, and by the wall clock. */
interface Moment {
  readonly atMs: number;
  readonly nowMs: number;
}

/** Most unreported changes; beyond this the oldest alerts are dropped that began and ended unreported. */
const MAX_UNREPORTED = 50;

/**
 * A state machine per rule. A quiet rule fires after `fireAfter` bad readings in a row, each at least `gapMs` after the
 * last counted one. A firing rule resolves after `resolveAfter` good readings. An opposite or `between` reading resets
 * the count; an unknown one changes nothing. For a rule that judges windows, "in a row" means consecutive windows
 * without a gap, and a window older than the newest judged one is ignored. After a resolve the rule does not fire for
 * `coolDownMs`. There are no reminders. The rules of `RULES_OF_EVENT_TIME` count both in event time.
 *
 * Store `toJSON()` before reporting the changes. They stay in `unreported` until `markReported`, so that after a crash
 * in between they are reported again under the same ids and none is lost.
 */
export class AlertBook {
  readonly symbol: string;
  private readonly stepMs: number;
  private readonly limits: AlertLimits;
  private readonly records: Record<AlertRule, RuleRecord>;
  private model: string | null | undefined;
  private waiting: readonly AlertChange[] = [];

  /** Throws `RangeError` unless the step is above 0. */
  constructor({ symbol, stepMs, limits = DEFAULT_ALERT_LIMITS }: AlertBookOptions) {
    if (!(stepMs > 0)) throw new RangeError(`stepMs: got ${stepMs}, expected a number above 0`);
    this.symbol = symbol;
    this.stepMs = stepMs;
    this.limits = limits;
    this.records = Object.fromEntries(ALERT_RULES.map((rule) => [rule, emptyRecord()])) as Record<
      AlertRule,
      RuleRecord
    >;
  }

  /** Restores the book from `toJSON`; a rule whose part is unreadable starts empty. */
  static fromJSON(options: AlertBookOptions, value: unknown): AlertBook {
    const book = new AlertBook(options);
    const raw = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
    const rules = (raw["rules"] ?? {}) as Readonly<Record<string, unknown>>;
    for (const rule of ALERT_RULES) {
      const name = Object.keys(rules).find((stored) => ruleNamed(stored) === rule) ?? rule;
      const idOf = (firedMs: number): string => `${book.symbol}:${name}:${firedMs}`;
      book.records[rule] = parseRuleRecord(rules[name], idOf) ?? emptyRecord();
    }
    const { model } = raw;
    if (model === null || typeof model === "string") book.model = model;
    book.waiting = parseUnreported(raw["unreported"]);
    return book;
  }

  /** Everything that must survive a restart, as plain JSON. */
  toJSON(): Record<string, unknown> {
    return { rules: this.records, model: this.model, unreported: this.waiting };
  }

  /**
   * Judges the facts of one moment and returns the changes, usually none.
   * @param nowMs wall time, ms since 1970, handed in.
   */
  update(facts: AlertFacts, nowMs: number): AlertChange[] {
    const swapped = facts.model !== undefined && this.model !== undefined && facts.model !== this.model;
    if (facts.model !== undefined) this.model = facts.model;
    const changes: AlertChange[] = [];
    for (const rule of ALERT_RULES) {
      const change =
        (swapped && !RULES_OF_NO_MODEL.includes(rule)
          ? this.restart(rule, "judged anew: the model changed", nowMs)
          : undefined) ??
        (this.limits[rule].enabled
          ? this.step(rule, facts, nowMs)
          : this.restart(rule, "the rule is switched off", nowMs));
      if (change !== undefined) changes.push(change);
    }
    this.wait(changes);
    return changes;
  }

  /** Ends the alerts of these rules, and counts anew. Returns the changes. @param reason in words. */
  withdraw(rules: readonly AlertRule[], reason: string, nowMs: number): AlertChange[] {
    const changes = rules.flatMap((rule) => this.restart(rule, reason, nowMs) ?? []);
    this.wait(changes);
    return changes;
  }

  /** Changes that are not yet marked as reported, oldest first. */
  get unreported(): readonly AlertChange[] {
    return this.waiting;
  }

  /** Removes changes that have been delivered. */
  markReported(changes: readonly AlertChange[]): void {
    const told = new Set(changes.map(({ id, state }) => `${id} ${state}`));
    this.waiting = this.waiting.filter(({ id, state }) => !told.has(`${id} ${state}`));
  }

  /**
   * Adopts firing alerts from the alerts object, for a book that lost its state: a quiet rule then fires, and resolves
   * by its own readings.
   */
  adopt(active: readonly AlertChange[]): void {
    for (const { symbol, rule, id, sinceMs, severity, model } of active) {
      const atMs = Number(id.slice(id.lastIndexOf(":") + 1));
      if (symbol !== this.symbol || rule === "test" || rule === "spike" || !Number.isFinite(atMs)) continue;
      if (this.records[rule].fired !== null) continue;
      this.records[rule] = { ...emptyRecord(), fired: { id, atMs, sinceMs, severity, model } };
    }
  }

  /** Whether a rule's alert is firing. */
  isFiring(rule: AlertRule): boolean {
    return this.records[rule].fired !== null;
  }

  /**
   * The status of every rule for the facts of one moment, and what its alert needs to begin or to end. Changes no
   * state.
   * @param nowMs wall time, ms since 1970, handed in.
   */
  statuses(facts: AlertFacts, nowMs: number): RuleStatus[] {
    const { limits, records, stepMs } = this;
    return ALERT_RULES.map((rule) =>
      ruleStatus(rule, { facts, limits: limits[rule], record: records[rule], stepMs, nowMs }),
    );
  }

  private wait(changes: readonly AlertChange[]): void {
    if (changes.length > 0) this.waiting = withinLimit([...this.waiting, ...changes]);
  }

  private step(rule: AlertRule, facts: AlertFacts, nowMs: number): AlertChange | undefined {
    const limits = this.limits[rule];
    const reading = readRule(rule, facts, limits, this.stepMs);
    const record = this.records[rule];
    const { verdict, window } = reading;
    // After a restart windows may be judged again.
    if (window !== undefined && window.endMs < (record.newestWindowMs ?? -Infinity)) return undefined;
    if (verdict === "unknown") return undefined;
    if (window !== undefined) record.newestWindowMs = window.endMs;
    if (verdict !== (record.fired === null ? "bad" : "good")) {
      startAnew(record);
      return undefined;
    }
    const atMs = window?.endMs ?? timeOf(rule, facts, nowMs);
    countEvidence(record, { atMs, windowMs: window?.lengthMs }, limits.gapMs ?? 0, nowMs);
    if (record.fired === null) return this.fire(rule, reading, { atMs, nowMs });
    return record.streak >= limits.resolveAfter ? this.resolve(rule, reading, { atMs, nowMs }) : undefined;
  }

  private fire(rule: AlertRule, reading: Reading, { atMs, nowMs }: Moment): AlertChange | undefined {
    const { summary, figures } = reading;
    const record = this.records[rule];
    const { coolDownMs, severity } = this.limits[rule];
    const fireAfter = confirmationsToFire(this.limits[rule], reading);
    const sinceResolved = record.resolvedMs === null ? Infinity : atMs - record.resolvedMs;
    if (record.streak < fireAfter || (sinceResolved >= 0 && sinceResolved < coolDownMs)) return undefined;
    const sinceMs = record.sinceMs ?? nowMs;
    const id = `${this.symbol}:${rule}:${nowMs}`;
    const fired = { id, atMs: nowMs, sinceMs, severity, model: this.modelOf(rule) };
    this.records[rule] = { ...this.emptied(rule), fired };
    return this.change(rule, fired, { state: "firing", atMs: nowMs, summary, figures });
  }

  private resolve(rule: AlertRule, { summary, figures }: Reading, { atMs, nowMs }: Moment): AlertChange {
    const { fired } = this.records[rule];
    this.records[rule] = { ...this.emptied(rule), resolvedMs: atMs };
    return this.change(rule, fired!, { state: "resolved", atMs: nowMs, summary, figures });
  }

  /** Resets a rule without a cool-down; a firing alert is resolved with the given reason. */
  private restart(rule: AlertRule, reason: string, nowMs: number): AlertChange | undefined {
    const { fired } = this.records[rule];
    this.records[rule] = this.emptied(rule);
    if (fired === null) return undefined;
    return this.change(rule, fired, { state: "resolved", atMs: nowMs, summary: reason, figures: {} });
  }

  /** An empty record that keeps the newest judged window. */
  private emptied(rule: AlertRule): RuleRecord {
    return { ...emptyRecord(), newestWindowMs: this.records[rule].newestWindowMs };
  }

  private change(
    rule: AlertRule,
    fired: NonNullable<RuleRecord["fired"]>,
    { state, atMs, summary, figures }: Pick<AlertChange, "state" | "atMs" | "summary" | "figures">,
  ): AlertChange {
    const { symbol } = this;
    const { id, severity, sinceMs, model } = fired;
    return { id, symbol, rule, state, severity, atMs, sinceMs, summary: `${symbol}: ${summary}.`, figures, model };
  }

  private modelOf(rule: AlertRule): string | null {
    return RULES_OF_NO_MODEL.includes(rule) ? null : (this.model ?? null);
  }
}

/**
 * Drops whole alerts: an end whose beginning was reported stays, and so does the beginning of what fires. Of these
 * there are two a rule at most, far fewer than the limit.
 */
function withinLimit(changes: readonly AlertChange[]): readonly AlertChange[] {
  let kept = changes;
  while (kept.length > MAX_UNREPORTED) {
    const begun = new Set(kept.filter(({ state }) => state === "firing").map(({ id }) => id));
    const oldest = kept.find(({ id, state }) => state === "resolved" && begun.has(id));
    if (oldest === undefined) break;
    kept = kept.filter(({ id }) => id !== oldest.id);
  }
  return kept;
}
