// What became of one batch, over all answers to it: a symbol that failed takes its ticks in a later answer.
import { addCounts, type CountTotals, noCounts } from "../../gateway-client/ingest-counts.ts";
import type { DeliveredAnswer } from "../../gateway-client/delivered-answer.ts";
import type { MessageRefusal } from "./message-lines.ts";

/** A number that the gateway has seen with other ticks, or no longer knows. */
const USED_NUMBER: readonly string[] = ["sequence_conflict", "sequence_too_old"];

/** Symbols that take the batch later. */
export interface FailedSymbols {
  readonly symbols: readonly string[];
  readonly why: string;
  readonly retryAfterS: number;
}

export class BatchOutcome {
  readonly counts: CountTotals = noCounts();
  /** By line of the request; the first refusal of a line counts. */
  readonly refusals = new Map<number, MessageRefusal>();
  /** Symbols that closed a step. */
  readonly closed = new Set<string>();
  /** Symbols whose number was used. */
  readonly usedNumber: string[] = [];
  /** Messages without a tick. */
  skipped = 0;
  private readonly settled = new Set<string>();
  private answers = 0;

  /** Adds an answer to the whole batch. Returns the symbols that took nothing yet; `undefined` when all did. */
  add(answer: DeliveredAnswer): FailedSymbols | undefined {
    const isFirst = this.answers === 0;
    this.answers += 1;
    const failed: string[] = [];
    let why = "";
    let retryAfterS = 0;
    let rejectedWithSymbol = 0;
    const settledNow = new Set<string>();
    for (const [symbol, ofSymbol] of Object.entries(answer.symbols)) {
      rejectedWithSymbol += ofSymbol.rejected;
      const { failed: failure } = ofSymbol;
      if (failure !== undefined && !USED_NUMBER.includes(failure.code)) {
        if (failed.length === 0) why = failure.detail;
        failed.push(symbol);
        retryAfterS = Math.max(retryAfterS, failure.retry_after_s ?? 0);
        continue;
      }
      if (this.settled.has(symbol)) continue;
      this.settled.add(symbol);
      settledNow.add(symbol);
      if (failure !== undefined) {
        this.usedNumber.push(symbol);
        this.counts.duplicate += failure.ticks;
      }
      if (ofSymbol.steps_closed > 0) this.closed.add(symbol);
      addCounts(this.counts, ofSymbol);
    }
    if (isFirst) {
      this.skipped = answer.skipped ?? 0;
      this.counts.rejected += Math.max(0, answer.rejected - rejectedWithSymbol);
    }
    for (const { index, symbol, reason, field, got, expected } of answer.errors) {
      if (symbol === undefined ? !isFirst : !settledNow.has(symbol)) continue;
      if (!this.refusals.has(index)) this.refusals.set(index, { reason, field, got, expected });
    }
    return failed.length === 0 ? undefined : { symbols: failed, why, retryAfterS };
  }
}
