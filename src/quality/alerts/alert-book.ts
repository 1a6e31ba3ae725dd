// One symbol's alerts: what the rules read becomes an alert only when it was confirmed, ends only when the end was, and
// is kept until it has been told.
import { ALERT_RULES, type AlertChange, type AlertFigures, type AlertRule } from "./alert-change.ts";
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
import type { Reading } from "./rule-reading.ts";
import { type RuleStatus, ruleStatus } from "./rule-status.ts";

export interface AlertBookOptions {
  /** A symbol, or `GATEWAY_SYMBOL`. */
  readonly symbol: string;
  readonly stepMs: number;
  readonly limits?: AlertLimits;
}

/** Changes that wait to be told, at most; the oldest give way. */
const MAX_UNREPORTED = 50;

/**
 * A state machine for each rule. Quiet, it fires after `fireAfter` bad readings in a row, each at least `gapMs` after
 * the one counted before; firing, it resolves after as many good ones as `resolveAfter` says. A reading the other way,
 * and one in between, starts the count anew; an unknown one changes nothing. Where a rule judges windows, in a row
 * means windows that follow each other without one missing, and a window older than the newest one judged changes
 * nothing. After a resolve nothing fires for `coolDownMs`. There are no reminders.
 *
 * Keep `toJSON()` before telling anyone of the changes: they stay in `unreported` until `markReported`, so that a crash
 * in between tells them again under the same ids and loses none.
 */
export class AlertBook {
  readonly symbol: string;
  private readonly stepMs: number;
  private readonly limits: AlertLimits;
  private readonly records: Record<AlertRule, RuleRecord>;
  private model: string | null | undefined;
  private waiting: readonly AlertChange[] = [];

  /** Throws `RangeError` for a step that is not above 0. */
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

  /** The book as `toJSON` gave it, parsed; a rule whose part cannot be read starts empty. */
  static fromJSON(options: AlertBookOptions, value: unknown): AlertBook {
    const book = new AlertBook(options);
    const raw = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
    const rules = (raw["rules"] ?? {}) as Readonly<Record<string, unknown>>;
    for (const rule of ALERT_RULES) book.records[rule] = parseRuleRecord(rules[rule]) ?? emptyRecord();
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
   * Takes the facts of one moment and answers what changed by them; usually nothing.
   * @param nowMs wall time, ms since 1970, handed in.
   */
  update(facts: AlertFacts, nowMs: number): AlertChange[] {
    const swapped = facts.model !== undefined && this.model !== undefined && facts.model !== this.model;
    if (facts.model !== undefined) this.model = facts.model;
    const changes: AlertChange[] = [];
    for (const rule of ALERT_RULES) {
      const change =
        (swapped && rule !== "feed_silent" ? this.restart(rule, "judged anew: the model changed", nowMs) : undefined) ??
        (this.limits[rule].enabled
          ? this.step(rule, facts, nowMs)
          : this.restart(rule, "the rule is switched off", nowMs));
      if (change !== undefined) changes.push(change);
    }
    if (changes.length > 0) this.waiting = [...this.waiting, ...changes].slice(-MAX_UNREPORTED);
    return changes;
  }

  /** Changes that were not yet marked as told, oldest first. */
  get unreported(): readonly AlertChange[] {
    return this.waiting;
  }

  /** Forgets changes that have arrived where they are kept. */
  markReported(changes: readonly AlertChange[]): void {
    const told = new Set(changes.map(({ id, state }) => `${id} ${state}`));
    this.waiting = this.waiting.filter(({ id, state }) => !told.has(`${id} ${state}`));
  }

  /**
   * Takes over alerts that are known elsewhere to fire, for a book that lost its memory: where it is quiet it fires
   * from now on, and resolves in its own time.
   */
  adopt(active: readonly AlertChange[]): void {
    for (const { symbol, rule, id, sinceMs, severity, model } of active) {
      const atMs = Number(id.slice(`${symbol}:${rule}:`.length));
      if (symbol !== this.symbol || rule === "test" || !Number.isFinite(atMs)) continue;
      if (this.records[rule].fired !== null) continue;
      this.records[rule] = { ...emptyRecord(), fired: { atMs, sinceMs, severity, model } };
    }
  }

  /** Whether a rule's alert is on. */
  isFiring(rule: AlertRule): boolean {
    return this.records[rule].fired !== null;
  }

  /**
   * Where every rule stands by the facts of one moment, and what is missing for its alert to begin or to end. Counts
   * nothing and changes nothing.
   * @param nowMs wall time, ms since 1970, handed in.
   */
  statuses(facts: AlertFacts, nowMs: number): RuleStatus[] {
    const { limits, records, stepMs } = this;
    return ALERT_RULES.map((rule) =>
      ruleStatus(rule, { facts, limits: limits[rule], record: records[rule], stepMs, nowMs }),
    );
  }

  private step(rule: AlertRule, facts: AlertFacts, nowMs: number): AlertChange | undefined {
    const limits = this.limits[rule];
    const reading = readRule(rule, facts, limits, this.stepMs);
    const record = this.records[rule];
    const { verdict, window } = reading;
    // After a restart windows may be judged a second time.
    if (window !== undefined && window.endMs < (record.newestWindowMs ?? -Infinity)) return undefined;
    if (verdict === "unknown") return undefined;
    if (window !== undefined) record.newestWindowMs = window.endMs;
    if (verdict !== (record.fired === null ? "bad" : "good")) {
      startAnew(record);
      return undefined;
    }
    const evidence = { atMs: window?.endMs ?? nowMs, windowMs: window?.lengthMs };
    countEvidence(record, evidence, limits.gapMs ?? 0, nowMs);
    if (record.fired === null) return this.fire(rule, reading, nowMs);
    return record.streak >= limits.resolveAfter
      ? this.resolve(rule, reading.summary, reading.figures, nowMs)
      : undefined;
  }

  private fire(rule: AlertRule, { summary, figures }: Reading, nowMs: number): AlertChange | undefined {
    const record = this.records[rule];
    const { fireAfter, coolDownMs, severity } = this.limits[rule];
    const sinceResolved = record.resolvedMs === null ? Infinity : nowMs - record.resolvedMs;
    if (record.streak < fireAfter || (sinceResolved >= 0 && sinceResolved < coolDownMs)) return undefined;
    const sinceMs = record.sinceMs ?? nowMs;
    const fired = { atMs: nowMs, sinceMs, severity, model: this.modelOf(rule) };
    this.records[rule] = { ...this.emptied(rule), fired };
    return this.change(rule, fired, { state: "firing", atMs: nowMs, summary, figures });
  }

  private resolve(rule: AlertRule, summary: string, figures: AlertFigures, nowMs: number): AlertChange {
    const { fired } = this.records[rule];
    this.records[rule] = { ...this.emptied(rule), resolvedMs: nowMs };
    return this.change(rule, fired!, { state: "resolved", atMs: nowMs, summary, figures });
  }

  /** Begins anew, without a cool-down; what fires is resolved for the reason given. */
  private restart(rule: AlertRule, reason: string, nowMs: number): AlertChange | undefined {
    const { fired } = this.records[rule];
    this.records[rule] = this.emptied(rule);
    if (fired === null) return undefined;
    return this.change(rule, fired, { state: "resolved", atMs: nowMs, summary: reason, figures: {} });
  }

  /** Nothing counted; but which windows were judged is not forgotten. */
  private emptied(rule: AlertRule): RuleRecord {
    return { ...emptyRecord(), newestWindowMs: this.records[rule].newestWindowMs };
  }

  private change(
    rule: AlertRule,
    fired: NonNullable<RuleRecord["fired"]>,
    { state, atMs, summary, figures }: Pick<AlertChange, "state" | "atMs" | "summary" | "figures">,
  ): AlertChange {
    const { symbol } = this;
    const { severity, sinceMs, model } = fired;
    const id = `${symbol}:${rule}:${fired.atMs}`;
    return { id, symbol, rule, state, severity, atMs, sinceMs, summary: `${symbol}: ${summary}.`, figures, model };
  }

  /** A silent feed is about no model. */
  private modelOf(rule: AlertRule): string | null {
    return rule === "feed_silent" ? null : (this.model ?? null);
  }
}
