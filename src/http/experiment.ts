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
import { type Force, readCause, readFields, readFlag, readForce, readSettings, requireKnown } from "./admin-fields.ts";
import type { AppEnv } from "./app-env.ts";
import { refusal } from "./change-refusal.ts";
import { experimentShape, reportShape } from "./experiment-shape.ts";
import { Problem } from "./problem.ts";
import { promoteChallenger } from "./promote-challenger.ts";
import { answersMore, loadable, logForced, passSplit } from "./promotable.ts";

export const experiment = new Hono<AppEnv>()
  .get("/admin/experiment", async (c) => c.json(reportShape(await reportExperiment(c.env, Date.now()))))
  .put("/admin/experiment", async (c) => {
    const body = await readFields(c.req.raw);
    requireKnown(body, ["mode", "share", "auto", "by", "reason", "force"]);
    const settings = readSettings(body);
    if (Object.keys(settings).length === 0) {
      throw new Problem(400, "nothing_to_change", "body: got none of mode, share and auto, expected at least one");
    }
    const force = readForce(body);
    const cause = readCause({ ...force, ...body }, "admin", Date.now(), false);
    const registry = registryOf(c.env);
    const running = (await registry.read()).experiment;
    if (running === null) throw refusal("no_experiment");
    const forced = await forcedSplit(c.env, running, { settings, force, atMs: cause.atMs });
    const outcome = await registry.setExperiment(settings, cause, running.id, forced);
    if (!outcome.ok) throw refusal(outcome.code);
    if (forced !== undefined) logForced("challenger", forced);
    return c.json(experimentShape((await registry.read()).experiment));
  })
  .post("/admin/experiment/evaluate", async (c) => {
    const evaluation: ExperimentEvaluation = await evaluateExperiment(c.env, Date.now());
    const { promoted, notPromoted } = evaluation;
    return c.json({ promoted, not_promoted: notPromoted, ...reportShape(evaluation) });
  })
  .post("/admin/experiment/promote", async (c) => {
    const body = await readFields(c.req.raw);
    requireKnown(body, ["by", "reason", "force"]);
    const cause = readCause(body, "admin", Date.now(), true);
    const force = readFlag(body, "force") ? { by: cause.who!, reason: cause.reason! } : undefined;
    const { sha256, report, forced } = await promoteChallenger(c.env, { cause, force });
    const { byAlias } = await updateModels(c.env);
    const serving = byAlias.champion?.manifest.onnxSha256 === sha256;
    return c.json({ alias: "champion", sha256, serving, forced, ...reportShape(report) });
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
  return passSplit(await loadable(env, "challenger", before.challenger), change, force, atMs);
}
