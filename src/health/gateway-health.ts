// The health of the gateway: the reports of its isolates as one list of reasons. Pure.
import type { StatedEvidence } from "../model/manifest.ts";
import { DIRECTORY_BUCKETS, type HealthReasonCode, HEALTH_REASON_CODES } from "./health-reasons.ts";
import type { IsolateReport } from "./isolate-report.ts";

/** Subjects named at most; `count` has all. */
const MAX_SUBJECTS = 10;

export interface HealthReason {
  readonly code: HealthReasonCode;
  /** Number of symbols or aliases. */
  readonly count: number;
  readonly subjects: readonly string[];
  /** The newest error. */
  readonly message: string;
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** A model and the isolates that serve it. */
interface ServingCount {
  readonly alias: string;
  readonly version: string;
  readonly sha256: string;
  readonly standIn: boolean;
  readonly evidence: StatedEvidence;
  readonly isolates: number;
}

export interface GatewayHealth {
  readonly reasons: readonly HealthReason[];
  /** Whether ticks can be taken and predictions can be trusted. */
  readonly ready: boolean;
  readonly serving: readonly ServingCount[];
}

/** @param reports that of the isolate that answers first. */
export function gatewayHealth(reports: readonly [IsolateReport, ...IsolateReport[]]): GatewayHealth {
  const reasons = HEALTH_REASON_CODES.flatMap((code) => reasonOf(code, reports) ?? []);
  return { reasons, ready: isReady(reasons, reports), serving: servingCounts(reports) };
}

function reasonOf(code: HealthReasonCode, reports: readonly IsolateReport[]): HealthReason | undefined {
  const found = reports.flatMap(({ faults }) => faults.filter((fault) => fault.code === code));
  if (found.length === 0) return undefined;
  const subjects = [...new Set(found.map(({ subject }) => subject))];
  const newest = found.reduce((a, b) => (b.lastMs > a.lastMs ? b : a));
  return {
    code,
    count: subjects.length,
    subjects: subjects.slice(0, MAX_SUBJECTS),
    message: newest.message,
    sinceMs: Math.min(...found.map(({ sinceMs }) => sinceMs)),
    lastMs: newest.lastMs,
  };
}

/** With other symbols' batches taken, those of some that fail do not make the gateway unready for this long. */
const NOTHING_TAKEN_MS = 60_000;

/** Faults of single symbols or buckets do not count, unless no batch of any symbol is taken or no bucket answers. */
function isReady(reasons: readonly HealthReason[], reports: readonly [IsolateReport, ...IsolateReport[]]): boolean {
  const [own] = reports;
  const count = (code: HealthReasonCode): number => own.faults.filter((fault) => fault.code === code).length;
  if (count("no_champion") > 0 || !own.areModelsKnown) return false;
  if (count("directory_unavailable") >= DIRECTORY_BUCKETS) return false;
  const failing = reasons.find(({ code }) => code === "ingest_failed");
  if (failing === undefined) return true;
  const takenMs = Math.max(...reports.map(({ lastBatchMs }) => lastBatchMs ?? -Infinity));
  return takenMs > failing.sinceMs && failing.lastMs - takenMs < NOTHING_TAKEN_MS;
}

function servingCounts(reports: readonly IsolateReport[]): ServingCount[] {
  const counts = new Map<string, ServingCount>();
  for (const model of reports.flatMap(({ models }) => models)) {
    const key = JSON.stringify(model);
    counts.set(key, { ...model, isolates: (counts.get(key)?.isolates ?? 0) + 1 });
  }
  return [...counts.values()];
}
