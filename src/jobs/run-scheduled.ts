// Scheduled work: evaluates the experiment every quarter of an hour and writes the report once a week.
import { alertsOf } from "../clients/alerts.ts";
import type { Env } from "../settings.ts";
import { challengerFacts } from "./challenger-facts.ts";
import { evaluateExperiment } from "./experiment/evaluate-experiment.ts";
import { writeReport } from "./weekly-report/write-report.ts";
import { logError } from "../log.ts";

/**
 * Runs a cron trigger's work: a trigger with a day of the week writes the report, every other one evaluates the
 * experiment, so that an operator can change the times. Throws any failure, for the platform's log of runs.
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

/**
 * Promotes if the rule and the settings allow it, and reports a challenger that waits for an operator to the alerts
 * object.
 */
async function judgeExperiment(env: Env, nowMs: number): Promise<void> {
  const evaluation = await evaluateExperiment(env, nowMs);
  await alertsOf(env).observe(challengerFacts(evaluation));
}
