// Judges the running experiment: decides the blocks that are due, keeps the evidence, and promotes if the rule and the
// operator's settings allow it. A cron trigger calls it every quarter of an hour.
import { ArtifactError } from "../../model/artifact-error.ts";
import type { ChangeCause } from "../../durable/registry/alias-history.ts";
import { changeFigures } from "../../durable/registry/change-aliases.ts";
import type { Env } from "../../settings.ts";
import { type Examination, type ExperimentReport, examineExperiment } from "./experiment-report.ts";
import { updateModels } from "../../model-refresh.ts";
import type { RegistryState } from "../../durable/registry/registry-state.ts";
import { registryOf } from "../../clients/registry.ts";
import { tryArtifact, trySet } from "./try-artifact.ts";
import type { SetChanges } from "../../model/model-set.ts";
import { logWarning } from "../../log.ts";

/** What an evaluation did. */
export interface ExperimentEvaluation extends ExperimentReport {
  readonly promoted: boolean;
  /** Why a due promotion was not made; `null` if none was due or it was made. */
  readonly notPromoted: string | null;
}

/** Attempts of an evaluation when concurrent evaluations store their evidence first. */
const ATTEMPTS = 3;

/**
 * Decides blocks and keeps the evidence; promotes when the experiment is `auto` and the report's code is `promote`.
 * Each block is decided once, however many calls run, also concurrently. Throws what an unreachable registry throws.
 * @param nowMs wall time, for the history.
 */
export async function evaluateExperiment(env: Env, nowMs: number): Promise<ExperimentEvaluation> {
  const state = await beginDueExperiment(env, nowMs);
  const models = await updateModels(env);
  for (let attempt = 1; ; attempt++) {
    const examination = await examineExperiment(env, state.experiment, models);
    if (await keep(env, examination)) return await promoteIfDue(env, examination.report, nowMs);
    if (attempt === ATTEMPTS) return { ...examination.report, promoted: false, notPromoted: "evaluated elsewhere" };
  }
}

/** The current report, without storing or changing anything. Throws what an unreachable registry throws. */
export async function reportExperiment(env: Env): Promise<ExperimentReport> {
  const { experiment } = await registryOf(env).read();
  return (await examineExperiment(env, experiment, await updateModels(env))).report;
}

/** The registry's state, after a new experiment began where the bundled champion changed with a deployment. */
export async function beginDueExperiment(env: Env, nowMs: number): Promise<RegistryState> {
  const registry = registryOf(env);
  const state = await registry.read();
  if (state.experiment !== null || state.aliases.challenger === undefined) return state;
  const reason = "the bundled champion is another one";
  await registry.setExperiment({}, { atMs: nowMs, by: "rule", who: null, reason });
  return await registry.read();
}

async function keep(env: Env, { report, evidence, afterBlock, backfills, advanced }: Examination): Promise<boolean> {
  if (!advanced || evidence === undefined || report.experiment === null) return true;
  return await registryOf(env).keepEvidence(report.experiment.id, afterBlock, evidence.toJSON(), backfills);
}

async function promoteIfDue(env: Env, report: ExperimentReport, nowMs: number): Promise<ExperimentEvaluation> {
  const { experiment, code, comparison } = report;
  if (experiment === null || comparison === null || code !== "promote" || !experiment.auto) {
    return { ...report, promoted: false, notPromoted: null };
  }
  const { eValue, blocks, episodes, needs } = comparison.pooled;
  const gate = report.gateReasons?.length ? `; its gate had only ${report.gateReasons.join(", ")} against it` : "";
  const reason = `e value ${eValue.toFixed(1)} of ${needs.eValue} after ${blocks} blocks with ${episodes} episodes${gate}`;
  const figures = changeFigures(comparison.pooled);
  const cause: ChangeCause = { atMs: nowMs, by: "rule", who: null, reason, figures };
  const registry = registryOf(env);
  let set: SetChanges;
  try {
    const { manifest } = await tryArtifact(env, "champion", experiment.challenger);
    set = await trySet(env, manifest, (await registry.read()).aliases);
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return { ...report, promoted: false, notPromoted: `${error.code}: ${error.message}` };
  }
  const outcome = await registry.promote(experiment.id, cause, { set });
  if (!outcome.ok) return { ...report, promoted: false, notPromoted: outcome.code };
  logWarning("promoted_by_rule", { sha256: experiment.challenger, reason });
  await updateModels(env);
  return { ...report, promoted: true, notPromoted: null };
}
