// /admin/experiment: how the challenger does against the champion, and who answers meanwhile.
import { Hono } from "hono";
import { type Evaluation, evaluateExperiment, reportExperiment } from "../durable/evaluate-experiment.ts";
import type { Experiment } from "../durable/experiment.ts";
import type { ExperimentReport } from "../durable/experiment-report.ts";
import type { ForcedPromotion } from "../durable/forced-promotion.ts";
import { updateModels } from "../durable/model-refresh.ts";
import { gateReasons, ruleOutweighs } from "../durable/promotion-gate.ts";
import { type ChangeRefusal, registryOf } from "../durable/registry-object.ts";
import type { Manifest } from "../model/manifest.ts";
import { readCause, readFields, readFlag, readSettings } from "./admin-fields.ts";
import type { AppEnv } from "./app-env.ts";
import { experimentShape, reportShape } from "./experiment-shape.ts";
import { Problem } from "./problem.ts";
import { forcedShape, gateRefused, loadable } from "./promotable.ts";

export const experiment = new Hono<AppEnv>()
  .get("/admin/experiment", async (c) => c.json(reportShape(await reportExperiment(c.env, Date.now()))))
  .put("/admin/experiment", async (c) => {
    const body = await readFields(c.req.raw);
    const settings = readSettings(body);
    if (Object.keys(settings).length === 0) {
      throw new Problem(400, "nothing_to_change", "body: got none of mode, share and auto, expected at least one");
    }
    const cause = readCause(body, "admin", Date.now(), false);
    const registry = registryOf(c.env);
    const outcome = await registry.setExperiment(settings, cause);
    if (!outcome.ok) throw refusal(outcome.code);
    return c.json(experimentShape((await registry.read()).experiment));
  })
  .post("/admin/experiment/evaluate", async (c) => {
    const evaluation: Evaluation = await evaluateExperiment(c.env, Date.now());
    const { promoted, notPromoted } = evaluation;
    return c.json({ promoted, not_promoted: notPromoted, ...reportShape(evaluation) });
  })
  .post("/admin/experiment/promote", async (c) => {
    const body = await readFields(c.req.raw);
    const cause = readCause(body, "admin", Date.now(), true);
    const force = readFlag(body, "force");
    const report = await reportExperiment(c.env, cause.atMs);
    const running = requireExperiment(report);
    const manifest = await loadable(c.env, "champion", running.challenger);
    const against = objections(report, manifest);
    if (against.length > 0 && !force) throw promotionRefused(report, manifest);
    const forced: ForcedPromotion | undefined =
      against.length === 0
        ? undefined
        : { sha256: running.challenger, atMs: cause.atMs, by: cause.who!, reason: cause.reason!, gateReasons: against };
    const outcome = await registryOf(c.env).promote(running.id, forced, cause);
    if (!outcome.ok) throw refusal(outcome.code);
    if (forced !== undefined) {
      console.warn(JSON.stringify({ event: "forced_promotion", alias: "champion", ...forcedShape(forced) }));
    }
    const { byAlias } = await updateModels(c.env);
    const serving = byAlias.champion?.manifest.onnxSha256 === running.challenger;
    const shown = { alias: "champion", sha256: running.challenger, serving, forced: forced !== undefined };
    return c.json({ ...shown, ...reportShape(report) });
  });

/** What stands against a promotion by hand: the gate's reasons, unless the rule outweighs them, and an interval with 0. */
function objections(report: ExperimentReport, manifest: Manifest): readonly string[] {
  const reasons = gateReasons(manifest);
  const outweighed = report.comparison?.pooled.verdict === "promote" && ruleOutweighs(reasons);
  return [...(outweighed ? [] : reasons), ...(isShownBetter(report) ? [] : ["not_shown_better"])];
}

function isShownBetter({ comparison }: ExperimentReport): boolean {
  return (comparison?.pooled.meanGain?.low ?? 0) > 0;
}

function promotionRefused(report: ExperimentReport, manifest: Manifest): Problem {
  if (isShownBetter(report)) return gateRefused(manifest);
  const gain = report.comparison?.pooled.meanGain;
  const got = gain ? `${gain.value} in [${gain.low}, ${gain.high}]` : `none (${report.missing.join("; ")})`;
  const detail = `mean gain: got ${got}, expected an interval above 0, or force`;
  return new Problem(409, "not_shown_better", detail, {
    extra: { mean_gain: gain ?? null, report: reportShape(report) },
  });
}

function requireExperiment({ experiment: running }: ExperimentReport): Experiment {
  if (running === null) throw refusal("no_experiment");
  return running;
}

const REFUSALS: Readonly<Record<ChangeRefusal, string>> = {
  no_experiment: "experiment: got none running, expected a challenger (PUT /admin/aliases/challenger)",
  experiment_changed: "experiment: got another one than was just judged, expected the same; look again",
  nothing_to_roll_back: "history: got no change of champion that is not undone, expected one",
  history_changed: "history: got a newer change than was just read, expected none; look again",
};

/** What is answered when the registry did not make a change. */
export function refusal(code: ChangeRefusal): Problem {
  return new Problem(409, code, REFUSALS[code]);
}
