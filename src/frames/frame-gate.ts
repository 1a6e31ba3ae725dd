// Keeps the frames of a socket in order: after one that must come again, no later one is taken before it (go-back-N).

/** What is kept of a gate while its socket sleeps. */
export interface GateState {
  /** The number that the next new frame has; `null` before the first frame. */
  readonly expected: number | null;
  /** When the expected frame may come again, s; `null` unless it was refused. */
  readonly retryAfterS: number | null;
}

/** A frame that came too early. */
export interface Early {
  /** The number that must come first. */
  readonly from: number;
  readonly retryAfterS: number;
}

/** The gate of a socket that has just opened. */
export const OPEN_GATE: GateState = { expected: null, retryAfterS: null };

/**
 * Example: 7 is taken, and 8 refused with a time. 9 is early, from 8, until 8 has come again and was taken.
 * A number below the expected one is a frame that is sent again: its producer's numbers decide.
 */
export class FrameGate {
  private expected: number | null;
  private retryAfterS: number | null;

  constructor({ expected, retryAfterS }: GateState) {
    this.expected = expected;
    this.retryAfterS = retryAfterS;
  }

  get state(): GateState {
    return { expected: this.expected, retryAfterS: this.retryAfterS };
  }

  /** `undefined` for a frame whose turn it is. */
  earlyBy(seq: number): Early | undefined {
    if (this.expected === null || seq <= this.expected) return undefined;
    return { from: this.expected, retryAfterS: this.retryAfterS ?? 0 };
  }

  /** After a frame was taken, or refused for good. @param seq `null` for one whose number could not be read. */
  pass(seq: number | null): void {
    if (seq === null) {
      // It was the expected one, unless that must come again.
      if (this.retryAfterS === null && this.expected !== null) this.expected += 1;
    } else if (this.expected === null || seq === this.expected) {
      this.expected = seq + 1;
      this.retryAfterS = null;
    }
  }

  /** After a frame that must come again. */
  close(seq: number, retryAfterS: number): void {
    this.expected = seq;
    this.retryAfterS = retryAfterS;
  }
}
