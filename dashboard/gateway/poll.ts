// Asks again and again, one question at a time: at a steady pace while answers come, ever more seldom while they do
// not, and not at all while nobody looks at the tab.

export interface PollOptions<T> {
  readonly read: (signal: AbortSignal) => Promise<T>;
  readonly onAnswer: (answer: T) => void;
  readonly onFailure?: (error: unknown) => void;
  readonly everyMs: () => number;
}

/** While the gateway does not answer it is asked at least this often. */
const MOST_WAIT_MS = 15_000;

/**
 * How long to wait after `failures` failed questions in a row: the pace, doubled each time, up to 15 s; a fifth of it
 * is left to chance, so that a gateway that comes back is not asked by every tab at once.
 */
export function waitAfter(failures: number, everyMs: number, chance: number): number {
  if (failures === 0) return everyMs;
  const wait = Math.min(Math.max(everyMs, MOST_WAIT_MS), Math.max(everyMs, 250) * 2 ** Math.min(failures - 1, 10));
  return wait * (0.8 + 0.4 * chance);
}

export class Poll<T> {
  readonly #options: PollOptions<T>;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #question: AbortController | undefined;
  #isPaused = false;
  readonly #onVisibility = (): void => {
    if (!document.hidden) this.now();
  };

  /** Asks at once. */
  constructor(options: PollOptions<T>) {
    this.#options = options;
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.now();
  }

  /** Asks now, whatever is under way: the question is another one. */
  now(): void {
    this.#isPaused = false;
    clearTimeout(this.#timer);
    this.#question?.abort();
    const question = new AbortController();
    this.#question = question;
    void this.#ask(question.signal);
  }

  /** Asks nothing until `now` is called: what is asked for is told. */
  pause(): void {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#question?.abort();
    this.#question = undefined;
  }

  close(): void {
    this.pause();
    document.removeEventListener("visibilitychange", this.#onVisibility);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.#options.read(signal);
      if (signal.aborted) return;
      this.#failures = 0;
      this.#options.onAnswer(answer);
    } catch (error) {
      if (signal.aborted) return;
      this.#failures += 1;
      this.#options.onFailure?.(error);
    }
    if (document.hidden || this.#isPaused) return;
    this.#timer = setTimeout(() => this.now(), waitAfter(this.#failures, this.#options.everyMs(), Math.random()));
  }
}
