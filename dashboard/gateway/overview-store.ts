// All symbols, kept current by a socket that tells what changed, and by a poll while there is none. Every view stands
// on it: it carries the gateway's clock and shows first that the connection is gone.
import { Observed } from "../app/observed.ts";
import type { OverviewAnswer, OverviewRow } from "./answers.ts";
import type { Connection } from "./connection.ts";
import { GatewayRefusal } from "./gateway-refusal.ts";
import { type Gateway, pathWith, type Query } from "./gateway.ts";
import { LiveLine } from "./live-line.ts";
import { mergeOverview } from "./merge-overview.ts";
import { Poll } from "./poll.ts";
import type { ServerClock } from "./server-clock.ts";
import type { SessionTokens } from "./session-tokens.ts";

/** What is said of the whole table. */
export interface OverviewFacts {
  readonly stepMs: number;
  readonly known: number;
  readonly unreadBuckets: number;
  readonly oldestAsOfMs: number | null;
}

/** What a socket says while it has no answer. */
interface FailedMessage {
  readonly type: "failed";
  readonly code: string;
  readonly detail: string;
  readonly server_time_ms: number;
}

export interface OverviewStoreOptions {
  readonly gateway: Gateway;
  readonly connection: Connection;
  readonly tokens: SessionTokens;
  readonly clock: ServerClock;
  /** `undefined` for the default one. */
  readonly grid: string | undefined;
  /** A pace of the poll instead of its own, for tests. */
  readonly pollMs: number | null;
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
  readonly #line: LiveLine;
  readonly #clock: ServerClock;
  #grid: string | undefined;
  #cursor: string | null = null;

  constructor({ gateway, connection, tokens, clock, grid, pollMs }: OverviewStoreOptions) {
    this.#clock = clock;
    this.#grid = grid;
    this.#line = new LiveLine({
      path: () => pathWith("/overview", this.#query),
      token: () => tokens.get("READ_TOKEN"),
      mayBeQuiet: false,
      onMessage: (message) => {
        connection.answered();
        this.#hear(message as OverviewAnswer | FailedMessage);
      },
      onDrop: (isSilent) => {
        // Until the poll is answered, nobody knows whether what is shown is still so.
        if (isSilent) connection.lost("the gateway has fallen silent");
        this.#poll.now();
      },
    });
    this.#poll = new Poll<OverviewAnswer>({
      read: (signal) => gateway.get("/overview", this.#query, signal),
      everyMs: () => pollMs ?? Math.min(SLOWEST_MS, Math.max(FASTEST_MS, this.facts.value?.stepMs ?? 0)),
      onAnswer: (answer) => {
        this.#take(answer);
        this.#line.answered();
      },
      onFailure: (error) => this.failure.set(error),
    });
    this.#line.isLive.watch((isLive) => {
      if (isLive) this.#poll.pause();
    });
  }

  /** Whether the gateway tells what happens; else it is asked. */
  get isLive(): Observed<boolean> {
    return this.#line.isLive;
  }

  /** Shows another grid: its table is another one. */
  setGrid(grid: string | undefined): void {
    if (grid === this.#grid) return;
    this.#grid = grid;
    this.#cursor = null;
    this.rows.clear();
    this.facts.set(null);
    this.changes.set(this.changes.value + 1);
    this.askNow();
  }

  /** Asks at once, with the tokens of now; a socket is opened anew. */
  askNow(): void {
    this.#line.rest();
    this.#poll.now();
  }

  get #query(): Query {
    return { since: this.#cursor, grid: this.#grid };
  }

  #hear(message: OverviewAnswer | FailedMessage): void {
    if (!("type" in message)) {
      this.#take(message);
      return;
    }
    this.#clock.update(message.server_time_ms);
    this.failure.set(new GatewayRefusal(503, message.code, message.detail));
  }

  #take(answer: OverviewAnswer): void {
    this.#clock.update(answer.server_time_ms);
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
