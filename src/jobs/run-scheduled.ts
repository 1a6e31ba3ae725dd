// What happens by the clock: every quarter of an hour the experiment is judged, once a week the report is written.
import { alertsOf } from "../clients/alerts.ts";
import type { Env } from "../settings.ts";
import { challengerFacts } from "./challenger-facts.ts";
import { evaluateExperiment } from "./experiment/evaluate-experiment.ts";
import { writeReport } from "./weekly-report/write-report.ts";
import { logError } from "../log.ts";

/**
 * Does what a cron trigger is for: one with a day of the week writes the report, every other one judges the experiment,
 * so that an operator may change the times. Throws what fails, for the platform's log of runs.
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
