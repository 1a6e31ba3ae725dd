// The faults that one isolate has seen and not seen end. A fault that nothing confirms expires.
import { isFresh } from "../model/is-fresh.ts";
import type { HealthReasonCode } from "./health-reasons.ts";

/** Longer than the longest pause between two attempts of the archive, 5.5 minutes. */
export const FAULT_MS = 360_000;
/** More are not kept: the memory of a gateway on which everything fails. */
const MAX_FAULTS = 4096;
const MAX_MESSAGE = 200;

interface Fault {
  readonly code: HealthReasonCode;
  /** A symbol, an alias, or `GATEWAY`. */
  readonly subject: string;
  /** The last error in words. */
  readonly message: string;
  readonly sinceMs: number;
  readonly lastMs: number;
}

/**
 * Example: `note("ingest_failed", "BTC-USD", "disk full", 0)` lists one fault until 360,000, or until
 * `clear("ingest_failed", "BTC-USD")`.
 */
class FaultBoard {
  /** When the last batch of any symbol was taken, ms; -Infinity before the first. */
  lastBatchMs = -Infinity;
  private readonly faults = new Map<string, Fault>();

  get size(): number {
    return this.faults.size;
  }

  /** Notes a fault, or that it still lasts. */
  note(code: HealthReasonCode, subject: string, message: string, nowMs: number): void {
    const key = keyOf(code, subject);
    const known = this.faults.get(key);
    if (known === undefined && this.faults.size >= MAX_FAULTS) return;
    const sinceMs = known !== undefined && isFresh(known.lastMs, FAULT_MS, nowMs) ? known.sinceMs : nowMs;
    this.faults.set(key, { code, subject, message: message.slice(0, MAX_MESSAGE), sinceMs, lastMs: nowMs });
  }

  clear(code: HealthReasonCode, subject: string): void {
    this.faults.delete(keyOf(code, subject));
  }

  /** `note` with a message, `clear` without one. */
  set(code: HealthReasonCode, subject: string, message: string | undefined, nowMs: number): void {
    if (message === undefined) this.clear(code, subject);
    else this.note(code, subject, message, nowMs);
  }

  list(nowMs: number): Fault[] {
    for (const [key, { lastMs }] of this.faults) if (!isFresh(lastMs, FAULT_MS, nowMs)) this.faults.delete(key);
    return [...this.faults.values()];
  }
}

function keyOf(code: HealthReasonCode, subject: string): string {
  return `${code} ${subject}`;
}

/** The isolate's board. */
export const faults = new FaultBoard();
