// A connection that ended and may be opened again.

export class Dropped extends Error {
  /** Whether it was open before. */
  readonly wasOpen: boolean;
  /** The close code of a socket; 0 for others. */
  readonly code: number;
  /** What the gateway asks to wait, ms. */
  readonly askedMs: number;

  constructor(why: string, { wasOpen, code = 0, askedMs = 0 }: { wasOpen: boolean; code?: number; askedMs?: number }) {
    super(why);
    this.name = "Dropped";
    this.wasOpen = wasOpen;
    this.code = code;
    this.askedMs = askedMs;
  }
}
