// Ticks over `POST /ingest`: one request at a time, numbered. What a symbol did not take is sent again under the same
// number, and later ticks of that symbol wait behind it, while the others go on.
import { symbolKey } from "../../../../src/features/symbol-name.ts";
import { type Answer, attempt, errorOf, isRepeatable } from "../request.ts";
import { VolgateError } from "../volgate-error.ts";
import { pauseMs } from "../wait.ts";
import { isMembers, parseCounts, parseErrors, parseWarnings, rejectedTicks } from "./frame-answer.ts";
import { type ChannelHost, type TickChannel, tickKey } from "./tick-channel.ts";
import { ticksJson } from "./tick-frame-text.ts";
import type { SentTick, TickCounts } from "./tick-sender-options.ts";

/** A batch, or what is left of one. */
interface Part {
  readonly seq: number;
  ticks: readonly SentTick[];
  failures: number;
  dueMs: number;
  readonly sinceMs: number;
}

/** A symbol that took nothing. */
interface Failure {
  readonly code: string;
  readonly detail: string;
  readonly retryAfterS: number | null;
}

interface IngestAnswer {
  readonly counts: TickCounts;
  /** Counts of each symbol, by its key. */
  readonly symbols: ReadonlyMap<string, TickCounts>;
  readonly failed: ReadonlyMap<string, Failure>;
  readonly errors: ReturnType<typeof parseErrors>;
  readonly warnings: readonly string[];
}

export class HttpChannel implements TickChannel {
  private readonly host: ChannelHost;
  /** Batches that are not acknowledged in full, the one that is being sent among them. */
  private parts: Part[] = [];
  private seq = 0;
  private failures = 0;
  private isRunning = false;
  private isClosed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** No request before. */
  private pausedUntilMs = 0;

  constructor(host: ChannelHost) {
    this.host = host;
  }

  pump(): void {
    if (this.isRunning || this.isClosed) return;
    void this.run();
  }

  close(): SentTick[] {
    this.isClosed = true;
    clearTimeout(this.timer);
    return this.parts.splice(0).flatMap(({ ticks }) => ticks);
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    clearTimeout(this.timer);
    try {
      for (let part = this.nextPart(); part !== undefined; part = this.nextPart()) await this.post(part);
    } catch (error) {
      this.host.fail(error);
    } finally {
      this.isRunning = false;
    }
    if (this.isClosed || this.parts.length === 0) return;
    const dueMs = Math.max(this.pausedUntilMs, Math.min(...this.parts.map((part) => part.dueMs)));
    this.timer = setTimeout(() => this.pump(), Math.max(0, dueMs - Date.now()));
  }

  private nextPart(): Part | undefined {
    const nowMs = Date.now();
    if (this.isClosed || nowMs < this.pausedUntilMs) return undefined;
    const due = this.parts.find(({ dueMs }) => dueMs <= nowMs);
    if (due !== undefined) return due;
    const waiting = new Set(this.parts.flatMap(({ ticks }) => ticks.map((tick) => this.keyOf(tick))));
    const ticks = this.host.takeBatch(waiting.size === 0 ? undefined : (tick) => waiting.has(this.keyOf(tick)));
    if (ticks === undefined) return undefined;
    this.seq += 1;
    const part = { seq: this.seq, ticks, failures: 0, dueMs: nowMs, sinceMs: nowMs };
    this.parts.push(part);
    return part;
  }

  private async post(part: Part): Promise<void> {
    const { connection, settings } = this.host;
    const { symbol, venue, producer, signal } = settings;
    const isWhole = symbol === undefined && venue === undefined;
    const named = (tick: SentTick): SentTick => ({
      ...tick,
      symbol: tick.symbol ?? symbol,
      venue: tick.venue ?? venue,
    });
    const answer = await attempt(connection, {
      method: "POST",
      path: "/ingest",
      body: ticksJson(isWhole ? part.ticks : part.ticks.map(named)),
      headers: { "X-Producer-Id": producer, "X-Producer-Seq": String(part.seq) },
      token: "token",
      repeat: true,
      signal,
    });
    if (this.isClosed) return;
    const read = this.ingestAnswer(answer);
    if (read !== undefined) this.settle(part, read);
    else this.failed(answer);
  }

  /** The request as a whole: nothing else would fare better, so that everything waits. */
  private failed(answer: Answer): void {
    this.failures += 1;
    const error = errorOf("POST /ingest", answer, this.failures);
    const isUnreadable = answer.status < 400 && answer.status > 0;
    if (!isRepeatable(answer) && !isUnreadable) throw error;
    const pause = pauseMs(this.host.connection.backoff, this.failures, answer.askedMs);
    if (!this.host.mayRetry(error.message, pause)) throw error;
    this.pausedUntilMs = Date.now() + pause;
  }

  /** Notes what an answer acknowledges, and keeps the rest for later. */
  private settle(part: Part, { counts, symbols, failed, errors, warnings }: IngestAnswer): void {
    this.failures = 0;
    const { ticks } = part;
    const sent = new Set(ticks.map((tick) => this.keyOf(tick)));
    for (const key of failed.keys()) if (!sent.has(key)) throw unknownFailure(key);
    const failureOf = (tick: SentTick): Failure | undefined => failed.get(this.keyOf(tick));
    const again = ticks.filter((tick) => typeof failureOf(tick)?.retryAfterS === "number");
    const taken = ticks.filter((tick) => failureOf(tick) === undefined);
    // A symbol that failed is counted when it takes its ticks.
    const own = [...failed.keys()].reduce((sum, key) => withoutCounts(sum, symbols.get(key)), counts);
    const named = rejectedTicks(errors, ticks).filter(({ tick }) => failureOf(tick) === undefined);
    part.ticks = again;
    part.failures += 1;
    if (again.length === 0) this.parts = this.parts.filter((other) => other !== part);
    if (taken.length > 0) {
      this.host.acknowledge({ ...own, seq: part.seq, ticks: taken, uncounted: 0, rejectedTicks: named, warnings });
    }
    for (const [key, { code, detail, retryAfterS }] of failed) {
      const its = ticks.filter((tick) => this.keyOf(tick) === key);
      if (retryAfterS === null) this.host.refuse({ seq: part.seq, code, detail, ticks: its });
    }
    if (again.length > 0) this.sendLater(part, failed);
  }

  private sendLater(part: Part, failed: IngestAnswer["failed"]): void {
    const failures = [...failed.values()];
    const askedMs = Math.max(...failures.map(({ retryAfterS }) => (retryAfterS ?? 0) * 1000));
    const [symbol, first] = [...failed].find(([, { retryAfterS }]) => retryAfterS !== null)!;
    const pause = pauseMs(this.host.connection.backoff, part.failures, askedMs);
    const why = `batch ${part.seq}: ${symbol}: ${first.code}: ${first.detail}`;
    part.dueMs = Date.now() + pause;
    if (this.host.mayRetry(why, pause, part.sinceMs)) return;
    this.parts = this.parts.filter((other) => other !== part);
    this.host.refuse({ seq: part.seq, code: first.code, detail: first.detail, ticks: part.ticks });
  }

  /** `undefined` for an answer that does not say what became of every tick. */
  private ingestAnswer({ status, value }: Answer): IngestAnswer | undefined {
    if (!isMembers(value) || !isMembers(value["symbols"])) return undefined;
    const counts = parseCounts(value);
    if (counts === undefined) return undefined;
    const symbols = new Map<string, TickCounts>();
    const failed = new Map<string, Failure>();
    const warnings: string[] = [];
    for (const [name, its] of Object.entries(value["symbols"])) {
      const key = symbolKey(name) ?? name;
      const own = isMembers(its) ? parseCounts(its) : undefined;
      if (!isMembers(its) || own === undefined) return undefined;
      symbols.set(key, own);
      if (isMembers(its["failed"])) failed.set(key, failureOf(its["failed"]));
      for (const warning of parseWarnings(its["warnings"])) warnings.push(`${name}: ${warning}`);
    }
    if (status !== 200 && status !== 207 && status !== 422 && failed.size === 0) return undefined;
    return { counts, symbols, failed, errors: parseErrors(value["errors"]), warnings };
  }

  private keyOf(tick: SentTick): string {
    return tickKey(tick, this.host.settings);
  }
}

function failureOf({ code, detail, retry_after_s: retryAfterS }: Readonly<Record<string, unknown>>): Failure {
  return {
    code: String(code),
    detail: String(detail),
    retryAfterS: typeof retryAfterS === "number" ? retryAfterS : null,
  };
}

function withoutCounts(counts: TickCounts, others: TickCounts | undefined): TickCounts {
  if (others === undefined) return counts;
  return {
    accepted: counts.accepted - others.accepted,
    duplicate: counts.duplicate - others.duplicate,
    late: counts.late - others.late,
    held: counts.held - others.held,
    released: counts.released - others.released,
    rejected: counts.rejected - others.rejected,
  };
}

/** A failed symbol that was not sent: its ticks would be lost without a word. */
function unknownFailure(name: string): VolgateError {
  const detail = `the answer says that ${name} failed, which was not sent`;
  return new VolgateError("POST /ingest", { code: "unreadable", status: 200, detail });
}
