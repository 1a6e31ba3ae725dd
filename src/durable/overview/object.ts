// What all symbols look like on one grid, for the list of them. Asks their objects while somebody looks, at a bounded
// rate, and keeps the answers in memory alone: any number of readers costs the symbols the same. Readers ask, or hold a
// socket; while one is held, the object asks by itself, and sleeps again when the last one is gone.
import { DurableObject } from "cloudflare:workers";
import { DirectoryUnavailableError, listSymbols, unreadBuckets } from "../../clients/directory.ts";
import { sendCounts } from "../../clients/metrics.ts";
import { symbolOf } from "../../clients/symbols.ts";
import { ObjectTimeoutError } from "../../clients/deadlined.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { alarmRuns } from "../../counting/isolate-counters.ts";
import { logError } from "../../log.ts";
import { withDeadline } from "../../model/deadline.ts";
import { isFresh } from "../../model/is-fresh.ts";
import type { OverviewFacts } from "../../overview/overview-answer.ts";
import { type OverviewDelta, OverviewTable } from "../../overview/overview-table.ts";
import { RefreshPlan } from "../../overview/refresh-plan.ts";
import { type Env, onGrid, settingsOf } from "../../settings.ts";
import { OverviewReaders } from "./overview-readers.ts";
import { overviewRow, unreachableRow } from "./overview-row.ts";

/** Calls of symbols' objects a second at most. */
const CALLS_PER_SECOND = 200;
/** Calls at the same time. */
const PARALLEL = 32;
/** A symbol's time to answer. */
const SYMBOL_MS = 2_000;
/** A poll waits this long for what it asked; what comes later is in the next one. */
const WAIT_MS = 200;
/** After this long without a poll nothing is known any more: old values must not look like new ones. */
const FORGET_MS = 60_000;
/** A symbol that lacks the grid or has no tick yet is asked again after this. */
const ABSENT_MS = 15_000;
/** Between two looks for the readers of sockets: no reader is told more often. */
const TURN_MS = 500;
/** The turns go on by a timer, which an object that is moved or has failed loses: the alarm begins them again. */
const ALARM_MS = 15_000;

export type OverviewAnswer =
  | ({ readonly ok: true; readonly delta: OverviewDelta } & OverviewFacts)
  | { readonly ok: false; readonly code: "directory_unavailable" };

export class OverviewObject extends DurableObject<Env> {
  private table = new OverviewTable(newEpoch());
  private plan = new RefreshPlan(CALLS_PER_SECOND);
  private polledMs: number | undefined;
  private readonly readers = new OverviewReaders(this.ctx);
  /** What the last turn found; `undefined` before the first one, and while the directory is away. */
  private facts: OverviewFacts | undefined;
  private isTurning = false;
  private readonly storage = countedStorage(this.ctx.storage, "overview");

  /** A reader's socket. The query has the `grid`, and the cursor `since`; both may be absent. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.readers.accept(ours, searchParams.get("grid") ?? undefined, searchParams.get("since") ?? undefined);
    await this.storage.setAlarm(Date.now() + ALARM_MS);
    this.beginTurns();
    return new Response(null, { status: 101, webSocket: theirs });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const told = this.facts && { table: this.table, facts: this.facts };
    this.readers.heard(socket, message, told, Date.now());
    this.beginTurns();
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 say that no code came: they cannot be sent.
    socket.close(code >= 3000 || code === 1000 ? code : 1000);
  }

  override async alarm(): Promise<void> {
    alarmRuns.inc({ object: "overview" });
    if (this.readers.count === 0) return;
    this.beginTurns();
    await this.storage.setAlarm(Date.now() + ALARM_MS);
  }

  /** Looks and tells in turns, from now on and as long as there are readers. */
  private beginTurns(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    void this.turns();
  }

  /** Never throws. */
  private async turns(): Promise<void> {
    while (this.readers.count > 0) {
      const startMs = Date.now();
      await this.turn(startMs).catch((error: unknown) => {
        logError("overview_turn_failed", { error: String(error) });
      });
      await new Promise((done) => setTimeout(done, Math.max(0, startMs + TURN_MS - Date.now())));
    }
    this.isTurning = false;
    this.facts = undefined;
    // An alarm that stays finds no reader, and is not set again.
    await this.storage.deleteAlarm().catch((error: unknown) => {
      logError("overview_alarm_not_deleted", { error: String(error) });
    });
  }

  private async turn(nowMs: number): Promise<void> {
    this.facts = await this.refresh(this.readers.grid, nowMs);
    if (this.facts !== undefined) this.readers.tell({ table: this.table, facts: this.facts }, Date.now());
    else this.readers.tellFailure("directory_unavailable", "directory: no bucket answers", Date.now());
  }

  /**
   * Asks the symbols that are due, and answers what changed since the cursor.
   * @param grid its name; `undefined` for the default one. Always the same for one object.
   */
  async poll(grid: string | undefined, since: string | undefined): Promise<OverviewAnswer> {
    const facts = await this.refresh(grid, Date.now());
    if (facts === undefined) return { ok: false, code: "directory_unavailable" };
    return { ok: true, delta: this.table.since(since), ...facts };
  }

  /** Asks the symbols that are due, and waits a while for them. `undefined` if the directory does not answer. */
  private async refresh(grid: string | undefined, nowMs: number): Promise<OverviewFacts | undefined> {
    if (this.polledMs === undefined || !isFresh(this.polledMs, FORGET_MS, nowMs)) {
      this.table = new OverviewTable(newEpoch());
      this.plan = new RefreshPlan(CALLS_PER_SECOND);
    }
    this.polledMs = nowMs;
    const symbols = await this.readDirectory();
    if (symbols === undefined) return undefined;
    const { table, plan } = this;
    plan.add(symbols, nowMs);
    // A symbol is not gone because its part of the directory is.
    if (unreadBuckets() === 0) for (const symbol of plan.keepOnly(new Set(symbols))) table.remove(symbol);
    const { stepMs } = settingsOf(onGrid(this.env, grid) ?? this.env).engine.grid;
    const asking = this.ask(plan.take(nowMs), { grid, stepMs, table, plan });
    this.ctx.waitUntil(asking);
    await atMost(asking, WAIT_MS);
    this.ctx.waitUntil(sendCounts(this.env, "object"));
    return { stepMs, known: symbols.length, unreadBuckets: unreadBuckets(), oldestAsOfMs: table.oldestAsOfMs };
  }

  private async readDirectory(): Promise<string[] | undefined> {
    try {
      return await listSymbols(this.env);
    } catch (error) {
      if (error instanceof DirectoryUnavailableError) return undefined;
      throw error;
    }
  }

  private async ask(symbols: readonly string[], of: Asking): Promise<void> {
    let next = 0;
    const askInTurn = async (): Promise<void> => {
      for (let i = next++; i < symbols.length; i = next++) await this.askOne(symbols[i]!, of);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, symbols.length) }, askInTurn));
  }

  /** Never throws. */
  private async askOne(symbol: string, { grid, stepMs, table, plan }: Asking): Promise<void> {
    try {
      const ms = Math.min(SYMBOL_MS, settingsOf(this.env).objectDeadlineMs);
      const glance = await symbolOf(this.env, symbol, ms).glance(table.newestPointMs(symbol), grid);
      const nowMs = Date.now();
      // Removed while it was asked: nobody would take a row of it out again.
      if (!plan.has(symbol)) return;
      if (glance === undefined || glance === null) {
        table.remove(symbol);
        plan.answered(symbol, nowMs, { nextStepMs: nowMs + ABSENT_MS, hasChanged: false });
        return;
      }
      const hasChanged = table.set(overviewRow(symbol, glance), nowMs, glance.recent);
      plan.answered(symbol, nowMs, { nextStepMs: (glance.prediction?.tsMs ?? 0) + stepMs, hasChanged });
    } catch (error) {
      logError("overview_symbol_failed", { symbol, error: String(error) });
      if (!plan.has(symbol)) return;
      // What an object throws is not for readers.
      const reason = error instanceof ObjectTimeoutError ? error.message : "an error, which the log has";
      table.setUnreachable(unreachableRow(symbol, reason));
      plan.failed(symbol, Date.now());
    }
  }
}

interface Asking {
  readonly grid: string | undefined;
  readonly stepMs: number;
  readonly table: OverviewTable;
  readonly plan: RefreshPlan;
}

/** Another one for each table that begins anew. */
function newEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 12);
}

/** Waits for work, but no longer than `ms`. The work goes on. */
async function atMost(work: Promise<void>, ms: number): Promise<void> {
  const isLate = new Error("late");
  await withDeadline(work, ms, () => isLate).catch((error: unknown) => {
    if (error !== isLate) throw error;
  });
}
