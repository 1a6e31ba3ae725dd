// The object that collects what the isolates report, as its callers see it, and this isolate's reports to it.
import * as v from "valibot";
import { logWarning } from "../log.ts";
import { withDeadline } from "../model/deadline.ts";
import { isFresh } from "../model/is-fresh.ts";
import { modelHost } from "../model/model-host.ts";
import type { Env } from "../settings.ts";
import { FAULT_MS, faults } from "./fault-board.ts";
import { GATEWAY } from "./health-reasons.ts";
import { type IsolateReport, isolateReport, isolateReportSchema } from "./isolate-report.ts";

/** A report without news is renewed this often. */
const RENEW_MS = 60_000;
/** Between two reports at least. */
const PAUSE_MS = 5_000;
/** How long reports of others are used. */
const CACHE_MS = 1_000;
const DEADLINE_MS = 2_000;

let sent = { atMs: -Infinity, news: "", faults: 0 };
let others: { readonly atMs: number; readonly reports: readonly IsolateReport[] } = { atMs: -Infinity, reports: [] };

function healthOf(env: Env): ReturnType<Env["HEALTH"]["get"]> {
  return env.HEALTH.get(env.HEALTH.idFromName("health"));
}

/** Whether there may be news for `reportHealth`. Cheap: for every request. */
export function isReportDue(nowMs: number): boolean {
  return (faults.size > 0 || sent.faults > 0) && !isFresh(sent.atMs, PAUSE_MS, nowMs);
}

/** Reports this isolate's models and faults, when they have changed or a minute has passed. Never throws. */
export async function reportHealth(env: Env): Promise<void> {
  const nowMs = Date.now();
  if (modelHost.current === undefined || isFresh(sent.atMs, PAUSE_MS, nowMs)) return;
  const report = isolateReport(nowMs);
  const news = newsOf(report);
  if (news === sent.news && isFresh(sent.atMs, RENEW_MS, nowMs)) return;
  sent = { atMs: nowMs, news, faults: report.faults.length };
  try {
    await withDeadline<void>(healthOf(env).report(report), DEADLINE_MS, late);
  } catch (error) {
    sent = { ...sent, news: "" };
    logWarning("health_not_reported", { error: String(error) });
  }
}

/**
 * The reports of all isolates, this one's as of now; those of others are a second old, or up to six minutes while they
 * cannot be read. Never throws.
 */
export async function readReports(env: Env): Promise<[IsolateReport, ...IsolateReport[]]> {
  const nowMs = Date.now();
  if (!isFresh(others.atMs, CACHE_MS, nowMs)) {
    try {
      const answer = await withDeadline<readonly unknown[]>(healthOf(env).read(), DEADLINE_MS, late);
      // Of another version of the gateway, perhaps: what cannot be read is left out.
      const reports = answer.flatMap((one) => {
        const parsed = v.safeParse(isolateReportSchema, one);
        return parsed.success ? [parsed.output] : [];
      });
      others = { atMs: nowMs, reports };
      faults.clear("health_unavailable", GATEWAY);
    } catch (error) {
      faults.note("health_unavailable", GATEWAY, String(error), nowMs);
    }
  }
  const own = isolateReport(nowMs);
  const known = isFresh(others.atMs, FAULT_MS, nowMs) ? others.reports : [];
  return [own, ...known.filter(({ isolate }) => isolate !== own.isolate)];
}

function late(): Error {
  return new Error(`health: no answer in ${DEADLINE_MS} ms`);
}

/** Text that differs where a report has news. */
function newsOf({ models, faults: found }: IsolateReport): string {
  return JSON.stringify([models, found.map(({ code, subject }) => `${code} ${subject}`)]);
}
