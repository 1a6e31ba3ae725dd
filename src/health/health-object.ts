// The object that collects what the isolates report, as its callers see it, and this isolate's reports to it.
import * as v from "valibot";
import { logWarning } from "../log.ts";
import { CachedRead } from "../clients/cached-read.ts";
import { deadlined } from "../clients/deadlined.ts";
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
/** Less than `/health` waits, so that it says which object did not answer. */
const DEADLINE_MS = 1_500;

let sent = { atMs: -Infinity, news: "", faults: 0 };
interface ReadReports {
  readonly atMs: number;
  readonly reports: readonly IsolateReport[];
}
const others = new CachedRead<ReadReports>({ freshMs: 1_000, staleMs: FAULT_MS, failedMs: FAULT_MS, retryMs: 5_000 });

function healthOf(env: Env): ReturnType<Env["HEALTH"]["get"]> {
  const stub = env.HEALTH.get(env.HEALTH.idFromName("health"));
  return deadlined(stub, { kind: "health", object: "health", ms: DEADLINE_MS });
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
    await healthOf(env).report(report);
  } catch (error) {
    sent = { ...sent, news: "" };
    logWarning("health_not_reported", { error: String(error) });
  }
}

/** Reads the reports of other isolates, if those known are not a second old. Never throws. */
export async function refreshReports(env: Env): Promise<void> {
  try {
    await others.get(() => readOthers(env));
  } catch {
    // `readOthers` has noted it.
  }
}

/** The reports of all isolates: this one's as of now, those of others as last read, up to six minutes ago. */
export function knownReports(): [IsolateReport, ...IsolateReport[]] {
  const nowMs = Date.now();
  const own = isolateReport(nowMs);
  const { last } = others;
  const known = last !== undefined && isFresh(last.atMs, FAULT_MS, nowMs) ? last.reports : [];
  return [own, ...known.filter(({ isolate }) => isolate !== own.isolate)];
}

async function readOthers(env: Env): Promise<ReadReports> {
  try {
    const answer: readonly unknown[] = await healthOf(env).read();
    // Of another version of the gateway, perhaps: what cannot be read is left out.
    const reports = answer.flatMap((one) => {
      const parsed = v.safeParse(isolateReportSchema, one);
      return parsed.success ? [parsed.output] : [];
    });
    faults.clear("health_unavailable", GATEWAY);
    return { atMs: Date.now(), reports };
  } catch (error) {
    faults.note("health_unavailable", GATEWAY, String(error), Date.now());
    throw error;
  }
}

/** Text that differs where a report has news. */
function newsOf({ models, faults: found }: IsolateReport): string {
  return JSON.stringify([models, found.map(({ code, subject }) => `${code} ${subject}`)]);
}
