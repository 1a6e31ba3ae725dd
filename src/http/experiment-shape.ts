// The experiment as answers show it.
import type { Experiment } from "../durable/registry/experiment.ts";
import type { ExperimentReport, SymbolComparison } from "../jobs/experiment/experiment-report.ts";
import type { Immutable } from "./contract.ts";
import type { ExperimentAnswer, ExperimentReportAnswer, VerdictAnswer } from "./experiment-schema.ts";

type Verdict = SymbolComparison["verdict"];

/** `null` for no experiment. */
export function experimentShape(experiment: Experiment | null): ExperimentAnswer | null {
  if (experiment === null) return null;
  const { startedMs, ...rest } = experiment;
  return { ...rest, started_at: new Date(startedMs).toISOString() };
}

/** `comparison` is `null`, and `code` says why, where the two models cannot be compared. */
export function reportShape(report: ExperimentReport): Immutable<ExperimentReportAnswer> {
  const { experiment, code, missing, comparison, effectiveShare, gateReasons } = report;
  return {
    experiment: experimentShape(experiment),
    code,
    missing,
    effective_share: effectiveShare,
    gate_reasons: gateReasons,
    comparison: comparison && {
      pooled: verdictShape(comparison.pooled),
      symbols: comparison.symbols.map(({ symbol, verdict, answered, backfilled, ...times }) => ({
        ...{ symbol, answered },
        backfilled: backfilledShape(backfilled),
        live_from: isoOrNull(times.liveFromMs),
        archive_to: isoOrNull(times.archiveToMs),
        ...verdictShape(verdict),
      })),
      unanswered: comparison.unanswered,
      other_pair: comparison.otherPair,
    },
  };
}

function backfilledShape(backfilled: SymbolComparison["backfilled"]) {
  if (backfilled === null) return null;
  const { blocks, fromMs, toMs } = backfilled;
  return { blocks, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A verdict of the rule. */
export function verdictShape(verdict: Verdict): Immutable<VerdictAnswer> {
  const { blocks, rows, positives, episodes, eValue, logE, lambda, meanGain, needs } = verdict;
  return {
    verdict: verdict.verdict,
    missing: verdict.missing,
    ...{ blocks, rows, positives, episodes, lambda },
    e_value: eValue,
    log_e: logE,
    mean_gain: meanGain,
    needs: { e_value: needs.eValue, episodes: needs.episodes },
  };
}
