// Which symbols are asked when: those whose next step is due, the longest due first, within a budget of calls.

interface Planned {
  /** When it is asked next, ms. */
  dueMs: number;
  isAsked: boolean;
  /** When it last gave something new, ms. */
  changedMs: number;
  /** Failures in a row. */
  failures: number;
}

interface Answered {
  readonly nextStepMs: number;
  readonly hasChanged: boolean;
}

/** A symbol is asked no more often than this. */
const LEAST_GAP_MS = 1_000;
/** And one that is quiet at least this often. */
const MOST_QUIET_MS = 15_000;
const MOST_FAILED_MS = 60_000;

export class RefreshPlan {
  private readonly planned = new Map<string, Planned>();
  private readonly callsPerSecond: number;
  /** Calls that may be made now. */
  private budget: number;
  private budgetAtMs = -Infinity;

  /** @param callsPerSecond on average; as many may be made at once after a rest. */
  constructor(callsPerSecond: number) {
    this.callsPerSecond = callsPerSecond;
    this.budget = callsPerSecond;
  }

  get size(): number {
    return this.planned.size;
  }

  /** Whether it is one of the symbols: one that was left out may still answer. */
  has(symbol: string): boolean {
    return this.planned.has(symbol);
  }

  /** Adds symbols that are new; each is due at once. */
  add(symbols: Iterable<string>, nowMs: number): void {
    for (const symbol of symbols) {
      if (!this.planned.has(symbol))
        this.planned.set(symbol, { dueMs: nowMs, isAsked: false, changedMs: nowMs, failures: 0 });
    }
  }

  /** Leaves out the symbols that are not among these, and returns them. */
  keepOnly(symbols: ReadonlySet<string>): string[] {
    const gone = [...this.planned.keys()].filter((symbol) => !symbols.has(symbol));
    for (const symbol of gone) this.planned.delete(symbol);
    return gone;
  }

  /** The symbols to ask now. Report each with `answered` or `failed`. */
  take(nowMs: number): string[] {
    const restedMs = Math.max(0, nowMs - this.budgetAtMs);
    this.budget = Math.min(this.callsPerSecond, this.budget + (restedMs / 1000) * this.callsPerSecond);
    this.budgetAtMs = nowMs;
    const due = [...this.planned].filter(([, { dueMs, isAsked }]) => !isAsked && dueMs <= nowMs);
    due.sort(([, a], [, b]) => a.dueMs - b.dueMs);
    const taken = due.slice(0, Math.floor(this.budget));
    this.budget -= taken.length;
    for (const [, plan] of taken) plan.isAsked = true;
    return taken.map(([symbol]) => symbol);
  }

  /**
   * A symbol answered: it is asked again when its next step is due, and the longer it has given nothing new, the later.
   * @param nextStepMs when that step ends; in the past for a market that is quiet, or replayed.
   */
  answered(symbol: string, nowMs: number, { nextStepMs, hasChanged }: Answered): void {
    const plan = this.planned.get(symbol);
    if (plan === undefined) return;
    if (hasChanged) plan.changedMs = nowMs;
    const gapMs = Math.min(MOST_QUIET_MS, Math.max(LEAST_GAP_MS, (nowMs - plan.changedMs) / 10));
    Object.assign(plan, { dueMs: Math.max(nextStepMs, nowMs + gapMs), isAsked: false, failures: 0 });
  }

  /** A symbol did not answer: it is asked again after 2 s, then after twice as long each time. */
  failed(symbol: string, nowMs: number): void {
    const plan = this.planned.get(symbol);
    if (plan === undefined) return;
    plan.failures += 1;
    plan.dueMs = nowMs + Math.min(MOST_FAILED_MS, LEAST_GAP_MS * 2 ** Math.min(plan.failures, 10));
    plan.isAsked = false;
  }
}
