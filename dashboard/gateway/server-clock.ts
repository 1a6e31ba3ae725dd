// The gateway's clock, which ages are reckoned by: the browser's own may be wrong by hours. Between answers the time
// goes on by the browser's monotonic clock.

export class ServerClock {
  #offsetMs: number | null = null;
  readonly #monotonicMs: () => number;
  readonly #wallMs: () => number;

  constructor(monotonicMs = (): number => performance.now(), wallMs = (): number => Date.now()) {
    this.#monotonicMs = monotonicMs;
    this.#wallMs = wallMs;
  }

  /** Takes the time that an answer states. */
  update(serverTimeMs: number): void {
    this.#offsetMs = serverTimeMs - this.#monotonicMs();
  }

  /** Milliseconds since 1970 UTC; by the browser's clock until an answer stated the time. */
  nowMs(): number {
    return this.#offsetMs === null ? this.#wallMs() : this.#monotonicMs() + this.#offsetMs;
  }
}
