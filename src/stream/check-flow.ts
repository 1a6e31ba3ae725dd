// The flow to a reader of a socket: it answers a check now and then, and whoever does not is sent nothing more.

/** A check is due after so many events or bytes. */
export const CHECK_EVENTS = 256;
export const CHECK_BYTES = 256_000;
/** Checks without an answer at most. */
export const MAX_UNANSWERED = 4;
/** A reader that leaves a check without an answer for so long is closed. */
export const CHECK_DEADLINE_MS = 60_000;

export interface CheckState {
  readonly sent: number;
  readonly answered: number;
  /** When the oldest check without an answer was sent, wall-clock ms; `null` without one. */
  readonly waitingSinceMs: number | null;
}

export class CheckFlow {
  private sent: number;
  private answered: number;
  private waitingSinceMs: number | null;
  private events = 0;
  private bytes = 0;

  constructor({ sent, answered, waitingSinceMs }: CheckState = { sent: 0, answered: 0, waitingSinceMs: null }) {
    this.sent = sent;
    this.answered = answered;
    this.waitingSinceMs = waitingSinceMs;
  }

  get state(): CheckState {
    const { sent, answered, waitingSinceMs } = this;
    return { sent, answered, waitingSinceMs };
  }

  /** Whether an event may be sent. */
  get hasRoom(): boolean {
    return this.sent - this.answered < MAX_UNANSWERED;
  }

  /** When the reader is closed unless it answers; `undefined` while no check waits. */
  get dueMs(): number | undefined {
    return this.waitingSinceMs === null ? undefined : this.waitingSinceMs + CHECK_DEADLINE_MS;
  }

  /** Counts an event that was sent. Returns the number of the check that is due now; `undefined` without one. */
  count(bytes: number, nowMs: number): number | undefined {
    this.events += 1;
    this.bytes += bytes;
    if (this.events < CHECK_EVENTS && this.bytes < CHECK_BYTES) return undefined;
    this.events = 0;
    this.bytes = 0;
    this.waitingSinceMs ??= nowMs;
    return ++this.sent;
  }

  /**
   * Takes an answer: all checks up to its number are answered. The deadline of those after it begins now. Returns false
   * for a number that was not sent.
   */
  answer(n: number, nowMs: number): boolean {
    if (n > this.sent) return false;
    if (n <= this.answered) return true;
    this.answered = n;
    this.waitingSinceMs = this.answered === this.sent ? null : nowMs;
    return true;
  }
}
