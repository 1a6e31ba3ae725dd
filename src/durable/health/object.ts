// The last report of each isolate, for `/health` and `/metrics`. In memory only: a full disk must not keep a report
// back, and what is lost with the object is reported again within a minute.
import { DurableObject } from "cloudflare:workers";
import { FAULT_MS } from "../../health/fault-board.ts";
import type { IsolateReport } from "../../health/isolate-report.ts";
import { isFresh } from "../../model/is-fresh.ts";
import type { Env } from "../../settings.ts";

/** Isolates remembered at most. */
const MAX_ISOLATES = 500;

export class HealthObject extends DurableObject<Env> {
  private readonly reports = new Map<string, { readonly atMs: number; readonly report: IsolateReport }>();

  /** Replaces what the isolate reported before. */
  report(report: IsolateReport): void {
    this.reports.delete(report.isolate);
    const [oldest] = this.reports.keys();
    if (this.reports.size >= MAX_ISOLATES && oldest !== undefined) this.reports.delete(oldest);
    this.reports.set(report.isolate, { atMs: Date.now(), report });
  }

  /** The reports of the isolates that were heard lately. */
  read(): IsolateReport[] {
    const nowMs = Date.now();
    for (const [isolate, { atMs }] of this.reports) {
      if (!isFresh(atMs, FAULT_MS, nowMs)) this.reports.delete(isolate);
    }
    return [...this.reports.values()].map(({ report }) => report);
  }
}
