// /admin/experiment: how the challenger does against the champion, and who answers meanwhile.
import { Hono } from "hono";
import {
  type ExperimentEvaluation,
  evaluateExperiment,
  reportExperiment,
} from "../jobs/experiment/evaluate-experiment.ts";
import type { Experiment, ExperimentSettings } from "../durable/registry/experiment.ts";
import type { ForcedPromotion } from "../durable/registry/forced-promotion.ts";
import { updateModels } from "../model-refresh.ts";
import { registryOf } from "../clients/registry.ts";
import { settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { changeCause } from "./change-cause.ts";
import { refusal } from "./change-refusal.ts";
import {
  evaluateContract,
  experimentReportContract,
  experimentSettingsContract,
  type Force,
  promoteContract,
} from "./experiment-schema.ts";
import { experimentShape, reportShape } from "./experiment-shape.ts";
import { askedEnv } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { promoteChallenger } from "./promote-challenger.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { answersMore, loadable, logForced, passSplit } from "./promotable.ts";

export const experiment = new Hono<AppEnv>()
  .get(experimentReportContract.path, async (c) => {
    const env = askedEnv(c.env, (await readRequest(c, experimentReportContract)).query);
    const { recalibration } = settingsOf(env).learning;
    return sendAnswer(c, experimentReportContract, { ...reportShape(await reportExperiment(env)), recalibration });
  })
  .put(experimentSettingsContract.path, async (c) => {
    const { query, body } = await readRequest(c, experimentSettingsContract);
    const env = askedEnv(c.env, query);
    const { force, by, reason, ...settings } = body;
    if (Object.keys(settings).length === 0) {
      throw new Problem("nothing_to_change", "body: got none of mode, share and auto, expected at least one");
    }
    const cause = changeCause({ by: by ?? force?.by, reason: reason ?? force?.reason }, "admin", Date.now());
    const registry = registryOf(env);
    const running = (await registry.read()).experiment;
    if (running === null) throw refusal("no_experiment");
    const forced = await forcedSplit(env, running, { settings, force, atMs: cause.atMs });
    const outcome = await registry.setExperiment(settings, cause, running.id, forced);
    if (!outcome.ok) throw refusal(outcome.code);
    if (forced !== undefined) logForced("challenger", forced);
    return sendAnswer(c, experimentSettingsContract, experimentShape((await registry.read()).experiment));
  })
  .post(evaluateContract.path, async (c) => {
    const env = askedEnv(c.env, (await readRequest(c, evaluateContract)).query);
    const evaluation: ExperimentEvaluation = await evaluateExperiment(env, Date.now());
    const { promoted, notPromoted } = evaluation;
    return sendAnswer(c, evaluateContract, { promoted, not_promoted: notPromoted, ...reportShape(evaluation) });
  })
  .post(promoteContract.path, async (c) => {
    const { query, body } = await readRequest(c, promoteContract);
    const env = askedEnv(c.env, query);
    const { by, reason, sha256: meant } = body;
    const cause = changeCause(body, "admin", Date.now());
    const force = body.force === true ? { by, reason } : undefined;
    const wanted = { cause, force, ...(meant === undefined ? {} : { sha256: meant }) };
    const { sha256, report, forced } = await promoteChallenger(env, wanted);
    const { byAlias } = await updateModels(env);
    const serving = byAlias.champion?.manifest.onnxSha256 === sha256;
    return sendAnswer(c, promoteContract, { alias: "champion", sha256, serving, forced, ...reportShape(report) });
  });

/** Only where the challenger would answer more clients is its artifact looked at: to answer fewer needs no bucket. */
async function forcedSplit(
  env: AppEnv["Bindings"],
  before: Experiment,
  wanted: { readonly settings: Partial<ExperimentSettings>; readonly force: Force | undefined; readonly atMs: number },
): Promise<ForcedPromotion | undefined> {
  const { settings, force, atMs } = wanted;
  const change = { before, settings };
  if (!answersMore(change)) return undefined;
  const { manifest } = await loadable(env, "challenger", before.challenger);
  return passSplit(manifest, change, force, atMs);
}
