// How much may be on its way to a reader of a socket: what it is sent is followed by checks, which it answers when it
// has read so far. Plain values, so that they outlive the object that sends.

interface OpenCheck {
  readonly n: number;
  readonly sentMs: number;
}

export interface ReaderCredit {
  /** Number of the newest check; 0 before the first. */
  readonly checks: number;
  /** Checks that are not answered, the oldest first. */
  readonly open: readonly OpenCheck[];
  /** Sent since the newest check. */
  readonly messages: number;
  readonly bytes: number;
}

export const NEW_READER: ReaderCredit = { checks: 0, open: [], messages: 0, bytes: 0 };

/** A check follows when so much was sent since the last one. */
const CHECK_MESSAGES = 256;
const CHECK_BYTES = 256_000;
/** With so many checks unanswered nothing more is sent. */
const MOST_OPEN = 4;
/** A reader that leaves one unanswered for this long is too slow. */
const ANSWER_MS = 60_000;

export function mayBeSent({ open }: ReaderCredit): boolean {
  return open.length < MOST_OPEN;
}

export function isTooSlow({ open }: ReaderCredit, nowMs: number): boolean {
  return open[0] !== undefined && nowMs - open[0].sentMs > ANSWER_MS;
}

/** After a message was sent. `check` is the number of the check that must follow it, if one must. */
export function afterMessage(
  credit: ReaderCredit,
  bytes: number,
  nowMs: number,
): { readonly credit: ReaderCredit; readonly check: number | undefined } {
  const sent = { ...credit, messages: credit.messages + 1, bytes: credit.bytes + bytes };
  if (sent.messages < CHECK_MESSAGES && sent.bytes < CHECK_BYTES) return { credit: sent, check: undefined };
  const check = credit.checks + 1;
  return {
    credit: { checks: check, open: [...credit.open, { n: check, sentMs: nowMs }], messages: 0, bytes: 0 },
    check,
  };
}

/** After a reader answered check `n`, and with it those before it; `undefined` for one that does not wait. */
export function afterAnswer(credit: ReaderCredit, n: number): ReaderCredit | undefined {
  if (!credit.open.some((check) => check.n === n)) return undefined;
  return { ...credit, open: credit.open.filter((check) => check.n > n) };
}
