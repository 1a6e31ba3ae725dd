// One symbol's alert book. A change is stored before it is sent, and sent to the alerts object until that has it.
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { AlertBook } from "../../../quality/alerts/alert-book.ts";
import type { RuleStatus } from "../../../quality/alerts/rule-status.ts";
import { ALERT_RULES, type AlertRule } from "../../../quality/alerts/alert-change.ts";
import type { AlertFacts } from "../../../quality/alerts/alert-facts.ts";
import type { AlertLimits } from "../../../quality/alerts/alert-limits.ts";
import { alertsOf } from "../../../clients/alerts.ts";
import type { Env } from "../../../settings.ts";
import type { PageStore } from "../storage/page-store.ts";
import { logError } from "../../../log.ts";

const KIND = "alert-book 1";
const PREFIX = "alerts";
const PAGE = "book";
const PARITY_KIND = "alert-parity 1";
const PARITY = "parity";

interface ParityTotals {
  readonly steps: number;
  readonly mismatches: number;
}

export class SymbolAlerts {
  private readonly pages: PageStore;
  private readonly book: AlertBook;
  private readonly symbol: string;
  /** Whether the book could not be read: only the alerts object then has the list of firing alerts. */
  private isLost: boolean;
  /** The book as last written. */
  private saved: string | undefined;
  /** Whether changes are on their way: what comes meanwhile goes with them, and no second call is made. */
  private isTelling = false;

  constructor(symbol: string, stepMs: number, limits: AlertLimits, pages: PageStore) {
    this.pages = pages;
    this.symbol = symbol;
    const stored = storedBook(pages);
    this.isLost = stored === "unreadable";
    this.saved = JSON.stringify(stored);
    this.book = AlertBook.fromJSON({ symbol, stepMs, limits }, stored);
  }

  /** The status of every rule for the current facts, which are not counted as an observation. */
  statuses(facts: AlertFacts, nowMs: number): RuleStatus[] {
    return this.book.statuses(facts, nowMs);
  }

  /** Whether some change has not reached the alerts object yet. */
  get isPending(): boolean {
    return this.book.unreported.length > 0;
  }

  /** Whether a rule's alert is firing. */
  isFiring(rule: AlertRule): boolean {
    return this.book.isFiring(rule);
  }

  /** How many alerts are firing. */
  get firing(): number {
    return ALERT_RULES.filter((rule) => this.book.isFiring(rule)).length;
  }

  /** Judges the facts of one moment and stores the book if it changed. */
  update(facts: AlertFacts, nowMs: number): void {
    this.book.update(facts, nowMs);
    this.save();
  }

  /** Ends what fires, and counts anew. @param reason in words. */
  withdraw(reason: string, nowMs: number, rules: readonly AlertRule[] = ALERT_RULES): void {
    this.book.withdraw(rules, reason, nowMs);
    this.save();
  }

  /** Judges what was computed again from the archive since the last call. @param totals since the archive began. */
  judgeParity(totals: ParityTotals, nowMs: number): void {
    const judged = storedTotals(this.pages);
    // The archive's own counts begin anew when its pages were lost.
    const isAnew = totals.steps < judged.steps || totals.mismatches < judged.mismatches;
    const { steps, mismatches } = isAnew ? { steps: 0, mismatches: 0 } : judged;
    if (totals.steps === steps) return;
    this.update({ parity: { steps: totals.steps - steps, mismatches: totals.mismatches - mismatches } }, nowMs);
    const numbers = { steps: totals.steps, mismatches: totals.mismatches };
    this.pages.save(PREFIX, [{ id: PARITY, bytes: encodePage(PARITY_KIND, { numbers, arrays: [] }) }]);
  }

  /**
   * Sends the pending changes, unless a call is doing so. Throws what the alerts object throws; the next call then
   * sends them again.
   */
  async notify(env: Env): Promise<void> {
    if (this.isTelling) return;
    this.isTelling = true;
    try {
      do await this.tell(env);
      while (this.isPending);
    } finally {
      this.isTelling = false;
    }
  }

  private async tell(env: Env): Promise<void> {
    if (this.isLost) {
      this.book.adopt(await alertsOf(env).active(this.symbol));
      this.isLost = false;
      this.save();
    }
    const changes = this.book.unreported;
    if (changes.length === 0) return;
    await alertsOf(env).report([...changes]);
    this.book.markReported(changes);
    this.save();
  }

  private save(): void {
    const json = JSON.stringify(this.book);
    if (json === this.saved) return;
    this.saved = json;
    this.pages.save(PREFIX, [{ id: PAGE, bytes: encodePage(KIND, { numbers: { json }, arrays: [] }) }]);
  }
}

function storedBook(pages: PageStore): unknown {
  const bytes = pages.load(PREFIX).get(PAGE);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(String(decodePage(KIND, bytes).numbers["json"]));
  } catch (error) {
    logError("alert_book_unreadable", { error: String(error) });
    return "unreadable";
  }
}

/** What was judged already; zeros before the first time, and for an unreadable page: then all is judged again. */
function storedTotals(pages: PageStore): ParityTotals {
  const bytes = pages.load(PREFIX).get(PARITY);
  try {
    const { steps = 0, mismatches = 0 } = bytes === undefined ? {} : decodePage(PARITY_KIND, bytes).numbers;
    return { steps: Number(steps), mismatches: Number(mismatches) };
  } catch (error) {
    logError("alert_parity_unreadable", { error: String(error) });
    return { steps: 0, mismatches: 0 };
  }
}
