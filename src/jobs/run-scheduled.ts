// Scheduled work: every quarter of an hour it evaluates the experiment, watches the champion, pools what young symbols
// begin with, and begins feeds that do not run; once a week it writes the report.
import { alertsOf } from "../clients/alerts.ts";
import { followFeeds } from "../clients/feeds.ts";
import { type Env, onGrid, settingsOf } from "../settings.ts";
import { registryOf } from "../clients/registry.ts";
import { challengerFacts } from "./challenger-facts.ts";
import { championFacts } from "./champion-facts.ts";
import { evaluateExperiment } from "./experiment/evaluate-experiment.ts";
import { poolPriors } from "./pool-priors.ts";
import { watchChampion } from "./experiment/watch-champion.ts";
import { writeReport } from "./weekly-report/write-report.ts";
import { logError } from "../log.ts";

/**
 * Runs a cron trigger's work: a trigger with a day of the week writes the report, every other one evaluates the
 * experiments and begins feeds, so that an operator can change the times. Throws any failure, for the platform's log of
 * runs.
 * @param nowMs wall time at which it was due.
 */
export async function runScheduled(env: Env, cron: string, nowMs: number): Promise<void> {
  const [, , , , dayOfWeek = "*"] = cron.trim().split(/\s+/);
  try {
    // A feed's own alarm is the watchdog; this begins one whose object never heard of it, or lost its alarm.
    if (dayOfWeek === "*") await Promise.all([judgeGrids(env, nowMs), followFeeds(env)]);
    else await writeReport(env, nowMs, { replace: false });
  } catch (error) {
    logError("scheduled_failed", { cron, error: String(error) });
    throw error;
  }
}

/**
 * Judges each grid's experiment and champion, and pools what young symbols begin with. One that fails must not keep the
 * others from being judged.
 */
async function judgeGrids(env: Env, nowMs: number): Promise<void> {
  const further = settingsOf(env).furtherGrids.flatMap(({ name }) => onGrid(env, name) ?? []);
  const judged = [judgeExperiment(env, nowMs), poolPriors(env, nowMs)];
  for (const own of further) judged.push(judgeFurther(own, nowMs), poolPriors(own, nowMs));
  const failed = (await Promise.allSettled(judged)).find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/**
 * On the default grid. Promotes and demotes if the rule and the settings allow it, and reports a challenger that waits
 * for an operator, and a champion that is worse, to the alerts object.
 */
async function judgeExperiment(env: Env, nowMs: number): Promise<void> {
  const evaluation = await evaluateExperiment(env, nowMs);
  await alertsOf(env).observe(challengerFacts(evaluation));
  const outcomes = await watchChampion(env, nowMs);
  const watches = await registryOf(env).readWatches();
  await alertsOf(env).observe(championFacts(outcomes, watches, settingsOf(env).engine.grid.stepMs));
}

/** On a further grid; alerts are of the default one. */
async function judgeFurther(env: Env, nowMs: number): Promise<void> {
  await evaluateExperiment(env, nowMs);
  await watchChampion(env, nowMs);
}
