// The last report of each isolate, for `/health` and `/metrics`. Kept in storage, because an object without requests
// loses its memory; and in memory, because a full disk must not keep a report back.
import { DurableObject } from "cloudflare:workers";
import { sendCounts } from "../../clients/metrics.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { FAULT_MS } from "../../health/fault-board.ts";
import type { IsolateReport } from "../../health/isolate-report.ts";
import { logWarning } from "../../log.ts";
import { isFresh } from "../../model/is-fresh.ts";
import type { Env } from "../../settings.ts";

/** Isolates remembered at most. */
const MAX_ISOLATES = 500;

interface ReceivedReport {
  readonly atMs: number;
  readonly report: IsolateReport;
}

export class HealthObject extends DurableObject<Env> {
  /** By isolate, the oldest first. */
  private readonly reports: Map<string, ReceivedReport>;
  private readonly storage: DurableObjectStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.storage = countedStorage(ctx.storage, "health");
    // Of another version, perhaps: who reads the reports checks them.
    const stored = [...this.storage.kv.list<ReceivedReport>()];
    this.reports = new Map(stored.sort(([, a], [, b]) => a.atMs - b.atMs));
  }

  /** Replaces what the isolate reported before. */
  report(report: IsolateReport): void {
    const { isolate } = report;
    this.reports.delete(isolate);
    const [oldest] = this.reports.keys();
    if (this.reports.size >= MAX_ISOLATES && oldest !== undefined) this.forget(oldest);
    const received = { atMs: Date.now(), report };
    this.reports.set(isolate, received);
    this.store(() => this.storage.kv.put(isolate, received));
    this.ctx.waitUntil(sendCounts(this.env, "object"));
  }

  /** The reports of the isolates that were heard lately. */
  read(): IsolateReport[] {
    const nowMs = Date.now();
    for (const [isolate, { atMs }] of this.reports) if (!isFresh(atMs, FAULT_MS, nowMs)) this.forget(isolate);
    return [...this.reports.values()].map(({ report }) => report);
  }

  private forget(isolate: string): void {
    this.reports.delete(isolate);
    this.store(() => void this.storage.kv.delete(isolate));
  }

  private store(write: () => void): void {
    try {
      write();
    } catch (error) {
      logWarning("health_not_stored", { error: String(error) });
    }
  }
}
