// What happens by the clock: every quarter of an hour the experiment is judged, once a week the report is written.
import type { AlertsObject } from "../durable/alerts/object.ts";
import { alertsOf } from "../clients/alerts.ts";
import type { Env } from "../settings.ts";
import { type Evaluation, evaluateExperiment } from "./experiment/evaluate-experiment.ts";
import { writeReport } from "./weekly-report/write-report.ts";
import { logError } from "../log.ts";

type Facts = Parameters<AlertsObject["observe"]>[0];

/**
 * Does what a cron trigger is for: one with a day of the week writes the report, every other one judges the experiment, so
 * that an operator may change the times. Throws what fails, for the platform's log of runs.
 * @param nowMs wall time at which it was due.
 */
export async function runScheduled(env: Env, cron: string, nowMs: number): Promise<void> {
  const [, , , , dayOfWeek = "*"] = cron.trim().split(/\s+/);
  try {
    if (dayOfWeek === "*") await judgeExperiment(env, nowMs);
    else await writeReport(env, nowMs, { replace: false });
  } catch (error) {
    logError("scheduled_failed", { cron, error: String(error) });
    throw error;
  }
}

/** Promotes where the rule and the settings say so, and tells the alerts of a challenger that waits for a person. */
async function judgeExperiment(env: Env, nowMs: number): Promise<void> {
  const evaluation = await evaluateExperiment(env, nowMs);
  await alertsOf(env).observe(challengerFacts(evaluation));
}

/**
 * What the alert rule `challenger_ready` looks at. A challenger that was just promoted is none any more: what fired for it
 * is resolved. Without a comparison nothing is said of the one there is.
 */
export function challengerFacts({ experiment, code, comparison, promoted }: Evaluation): Facts {
  if (experiment === null || promoted) return { model: null };
  const model = experiment.challenger;
  if (comparison === null) return { model };
  const { eValue, blocks, episodes, meanGain } = comparison.pooled;
  return { model, challenger: { ready: code === "promote", eValue, blocks, episodes, meanGain } };
}
