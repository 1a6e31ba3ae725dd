// All symbols, kept current by one cheap poll of what changed. Every view stands on it: it carries the gateway's clock
// and shows first that the connection is gone.
import { Observed } from "../app/observed.ts";
import type { OverviewAnswer, OverviewRow } from "./answers.ts";
import type { Gateway } from "./gateway.ts";
import { mergeOverview } from "./merge-overview.ts";
import { Poll } from "./poll.ts";
import type { ServerClock } from "./server-clock.ts";

/** What is said of the whole table. */
export interface OverviewFacts {
  readonly stepMs: number;
  readonly known: number;
  readonly unreadBuckets: number;
  readonly oldestAsOfMs: number | null;
}

/** The pace is the step's, within these. */
const FASTEST_MS = 1_000;
const SLOWEST_MS = 5_000;

export class OverviewStore {
  readonly rows = new Map<string, OverviewRow>();
  readonly facts = new Observed<OverviewFacts | null>(null);
  /** Goes up with each answer that changed a row. */
  readonly changes = new Observed(0);
  /** Answers so far, changed or not. */
  readonly answers = new Observed(0);
  /** Why there is no table; null once there is one. */
  readonly failure = new Observed<unknown>(null);
  readonly #poll: Poll<OverviewAnswer>;
  #grid: string | undefined;
  #cursor: string | null = null;

  constructor(gateway: Gateway, clock: ServerClock, grid: string | undefined, pollMs: number | null) {
    this.#grid = grid;
    this.#poll = new Poll<OverviewAnswer>({
      read: (signal) => gateway.get("/overview", { since: this.#cursor, grid: this.#grid }, signal),
      everyMs: () => pollMs ?? Math.min(SLOWEST_MS, Math.max(FASTEST_MS, this.facts.value?.stepMs ?? 0)),
      onAnswer: (answer) => {
        clock.update(answer.server_time_ms);
        this.#take(answer);
      },
      onFailure: (error) => this.failure.set(error),
    });
  }

  /** Shows another grid: its table is another one. */
  setGrid(grid: string | undefined): void {
    if (grid === this.#grid) return;
    this.#grid = grid;
    this.#cursor = null;
    this.rows.clear();
    this.facts.set(null);
    this.changes.set(this.changes.value + 1);
    this.#poll.now();
  }

  askNow(): void {
    this.#poll.now();
  }

  #take(answer: OverviewAnswer): void {
    this.#cursor = answer.cursor;
    this.failure.set(null);
    const first = this.facts.value === null;
    this.facts.set({
      stepMs: answer.step_ms,
      known: answer.known,
      unreadBuckets: answer.unread_buckets,
      oldestAsOfMs: answer.oldest_as_of_ms,
    });
    if (mergeOverview(this.rows, answer) || first) this.changes.set(this.changes.value + 1);
    this.answers.set(this.answers.value + 1);
  }
}
