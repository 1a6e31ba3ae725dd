// Making the running challenger champion by hand, whichever route asks for it.
import type { ChangeCause } from "../durable/registry/alias-history.ts";
import { changeFigures } from "../durable/registry/change-aliases.ts";
import type { Env } from "../settings.ts";
import { beginDueExperiment, reportExperiment } from "../jobs/experiment/evaluate-experiment.ts";
import type { ExperimentReport } from "../jobs/experiment/experiment-report.ts";
import type { ForcedPromotion } from "../durable/registry/forced-promotion.ts";
import { type PromotionObjections, promotionObjections } from "../jobs/experiment/promotion-objections.ts";
import { registryOf } from "../clients/registry.ts";
import type { Manifest } from "../model/manifest.ts";
import type { SetChanges } from "../model/model-set.ts";
import type { Force } from "./experiment-schema.ts";
import { refusal } from "./change-refusal.ts";
import { reportShape } from "./experiment-shape.ts";
import { Problem } from "./problem.ts";
import { gateRefused, loadable, loadableSet, logForced } from "./promotable.ts";

/** What was promoted, on which report, and by force or not. */
export interface PromotedChallenger {
  readonly sha256: string;
  readonly manifest: Manifest;
  readonly sealed: boolean;
  /** What it brought along. */
  readonly set: SetChanges;
  readonly report: ExperimentReport;
  readonly forced: boolean;
}

/**
 * Promotes the challenger of the experiment that runs, if it is shown better and its gate has nothing against it that
 * the rule does not outweigh, or by force. The figures that this stood on go into the history. Throws `Problem` 409
 * `no_experiment`, `experiment_changed`, `not_shown_better`, `gate_refused`, and what `loadable` throws.
 * @param sha256 whom the caller means; absent: whoever is challenger.
 */
export async function promoteChallenger(
  env: Env,
  { sha256, cause, force }: { sha256?: string; cause: ChangeCause; force: Force | undefined },
): Promise<PromotedChallenger> {
  await beginDueExperiment(env, cause.atMs);
  const report = await reportExperiment(env);
  const { experiment, comparison } = report;
  if (experiment === null) throw refusal("no_experiment");
  if (sha256 !== undefined && sha256 !== experiment.challenger) {
    throw new Problem("experiment_changed", `sha256: got ${sha256}, but the challenger is ${experiment.challenger}`);
  }
  const { manifest, sealed } = await loadable(env, "champion", experiment.challenger);
  const against = promotionObjections(report, manifest);
  const { codes } = against;
  if (codes.length > 0 && force === undefined) throw promotionRefused(report, manifest, against);
  const forced: ForcedPromotion | undefined =
    force === undefined || codes.length === 0
      ? undefined
      : { sha256: experiment.challenger, atMs: cause.atMs, ...force, gateReasons: codes };
  const figures = comparison === null ? undefined : changeFigures(comparison.pooled);
  const registry = registryOf(env);
  const set = await loadableSet(env, manifest, (await registry.read()).aliases);
  const outcome = await registry.promote(experiment.id, { ...cause, figures }, { forced, set });
  if (!outcome.ok) throw refusal(outcome.code);
  if (forced !== undefined) logForced("champion", forced);
  return { sha256: experiment.challenger, manifest, sealed, set, report, forced: forced !== undefined };
}

function promotionRefused(
  report: ExperimentReport,
  manifest: Manifest,
  { codes, lacks }: PromotionObjections,
): Problem {
  if (!codes.includes("not_shown_better")) return gateRefused(manifest);
  const detail = `experiment: got ${lacks.join("; ")}; expected a challenger that is shown better, or force`;
  const meanGain = report.comparison?.pooled.meanGain ?? null;
  return new Problem("not_shown_better", detail, {
    extra: { reasons: codes, lacks, mean_gain: meanGain, report: reportShape(report) },
  });
}
