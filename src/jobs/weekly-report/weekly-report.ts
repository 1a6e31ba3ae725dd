// Collects the week's figures: quality of every symbol's models, drift, alerts, promotions, and which parts could not
// be read. Other files render and store the report.
import type { AlertList } from "../../durable/alerts/object.ts";
import { alertsOf } from "../../clients/alerts.ts";
import type { Change } from "../../durable/registry/alias-history.ts";
import { askSymbols } from "../../clients/symbols.ts";
import { listSymbols } from "../../clients/directory.ts";
import { packWeek, PackedWeeks } from "./packed-weeks.ts";
import { type SymbolWeek, symbolWeek } from "./symbol-week.ts";
import { unlistedAlerts, type WeekAlert, weekAlerts } from "./week-alerts.ts";
import { type Env, settingsOf } from "../../settings.ts";
import { ALERT_RULES, type AlertRule } from "../../quality/alerts/alert-change.ts";
import type { AlertLimits } from "../../quality/alerts/alert-limits.ts";
import type { SymbolThreshold } from "../../durable/symbol/evaluation/symbol-threshold.ts";
import { reportExperiment } from "../experiment/evaluate-experiment.ts";
import type { ExperimentReport } from "../experiment/experiment-report.ts";
import { registryOf } from "../../clients/registry.ts";
import type { SymbolDrift } from "../../durable/symbol/evaluation/symbol-drift.ts";
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import { logError } from "../../log.ts";

const WEEK_MS = 7 * 86_400_000;
/** Objects asked at the same time, because each computes intervals. */
const PARALLEL = 8;

export interface WeeklyReport {
  readonly format: 1;
  /** The week is by the wall clock, [fromMs, toMs); quality and drift are by event time. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly symbols: Iterable<SymbolWeek>;
  /** Oldest first; the next three are `null` where `missing` says why. */
  readonly alerts: readonly WeekAlert[] | null;
  readonly experiment: ExperimentReport | null;
  /** Rules that evidence decides and that are on, each with the most false alarms a quiet month of one symbol. */
  readonly evidenceRates: EvidenceRates;
  /** Changes of aliases and experiments, oldest first. */
  readonly changes: readonly PublicChange[] | null;
  readonly missing: readonly string[];
}

type EvidenceRates = Readonly<Partial<Record<AlertRule, number>>>;

function ratesOf(limits: AlertLimits): EvidenceRates {
  const decided = ALERT_RULES.filter((rule) => limits[rule].enabled && limits[rule].ratePerMonth !== null);
  return Object.fromEntries(decided.map((rule) => [rule, limits[rule].ratePerMonth!]));
}

/** A change without who made it and why: reports are read without a token. */
type PublicChange = Omit<Change, "who" | "reason">;

function withoutPeople({ seq, atMs, what, from, to, by, figures, with: champion }: Change): PublicChange {
  return { seq, atMs, what, from, to, by, figures, with: champion };
}

/** Asks all objects. An object that does not answer is named in `missing`; the report is written anyway. */
export async function collectWeeklyReport(env: Env, nowMs: number): Promise<WeeklyReport> {
  const fromMs = nowMs - WEEK_MS;
  const missing: string[] = [];
  const orMissing = async <T>(what: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      logError("report_part_failed", { what, error: String(error) });
      missing.push(`${what}: could not be read`);
      return null;
    }
  };
  const packed = (await orMissing("symbols", collectSymbols(env, fromMs))) ?? [];
  const experiment = await orMissing("experiment", reportExperiment(env));
  const alertList = await orMissing("alerts", alertsOf(env).list() as Promise<AlertList>);
  if (alertList !== null) missing.push(...unlistedAlerts(alertList, fromMs));
  const changes = await orMissing("changes", registryOf(env).readChanges());
  if (packed.length === 0) missing.push("symbols: none has received a tick");
  return {
    format: 1,
    fromMs,
    toMs: nowMs,
    symbols: new PackedWeeks(packed),
    alerts: alertList && weekAlerts(alertList, fromMs),
    experiment,
    evidenceRates: ratesOf(settingsOf(env).alerts.limits),
    changes: changes?.filter(({ atMs }) => atMs >= fromMs).map(withoutPeople) ?? null,
    missing,
  };
}

async function collectSymbols(env: Env, fromMs: number): Promise<Uint8Array[]> {
  const names = await listSymbols(env);
  const event = "report_symbol_failed";
  const answers = await askSymbols(env, names, { event, parallel: PARALLEL }, async (stub, symbol) => {
    const quality = (await stub.quality(["24h", "30d"])) as SymbolQuality | undefined;
    const drift = (await stub.drift()) as SymbolDrift | undefined;
    const threshold = ((await stub.threshold()) ?? undefined) as SymbolThreshold | undefined;
    return packWeek(symbolWeek({ symbol, answer: { quality, drift, threshold }, failed: false }, fromMs));
  });
  return answers.map(({ symbol, answer, failed }) => {
    return answer ?? packWeek(symbolWeek({ symbol, answer: undefined, failed }, fromMs));
  });
}
