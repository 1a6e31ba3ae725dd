// PUT /admin/aliases/:alias/threshold: an operator chooses among the operating points of a served model.
import { Hono } from "hono";
import { registryOf } from "../clients/registry.ts";
import type { Manifest, ManifestOperatingPoint } from "../model/manifest.ts";
import { type Alias, wantedBy } from "../model/model-host.ts";
import { bundledOf } from "../settings/bundled-of.ts";
import { updateModels } from "../model-refresh.ts";
import { settingsOf } from "../settings.ts";
import { canFollow } from "../threshold/model-threshold.ts";
import { snakeKeys } from "../words/snake-keys.ts";
import type { AppEnv } from "./app-env.ts";
import { refusal } from "./change-refusal.ts";
import { askedEnv } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { loadable } from "./promotable.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { thresholdContract } from "./threshold-schema.ts";

export const adminThreshold = new Hono<AppEnv>().put(thresholdContract.path, async (c) => {
  const { params, query, body } = await readRequest(c, thresholdContract);
  const env = askedEnv(c.env, query);
  const { alias } = params;
  const { by, reason, ...wanted } = body;
  requireOne(wanted);
  const registry = registryOf(env);
  const sha256 = wantedBy((await registry.read()).aliases, alias, bundledOf(env));
  if (sha256 === undefined) throw refusal("no_experiment");
  const { manifest } = await loadable(env, alias, sha256);
  const { goal, threshold } = pointOf(manifest, wanted);
  const choice = { sha256, threshold, goal, manifestThreshold: manifest.threshold };
  const outcome = await registry.setThreshold(alias, { ...choice, atMs: Date.now(), by, reason });
  if (!outcome.ok) throw refusal(outcome.code);
  const served = (await updateModels(env)).byAlias[alias]?.manifest;
  return sendAnswer(c, thresholdContract, {
    ...{ alias, sha256, goal, threshold },
    manifest_threshold: manifest.threshold,
    follows: followsAgain(manifest, threshold, alias) && settingsOf(env).learning.threshold === "on",
    serving: served?.onnxSha256 === sha256 && served.threshold === threshold,
    operating_points: (manifest.operatingPoints ?? []).map(snakeKeys),
  });
});

/** Whether symbols alert by thresholds of their own again, once the manifest's is chosen: it holds nothing. */
function followsAgain({ threshold: own, goal, scoreEdges }: Manifest, threshold: number, alias: Alias): boolean {
  return (
    threshold === own &&
    (alias === "champion" || alias === "challenger") &&
    canFollow({ goal, edges: scoreEdges ?? [] })
  );
}

interface Wanted {
  readonly goal?: string;
  readonly threshold?: number;
}

function requireOne({ goal, threshold }: Wanted): void {
  if ((goal === undefined) !== (threshold === undefined)) return;
  const got = goal === undefined ? "neither" : "both";
  throw new Problem("goal_or_threshold", `body: got ${got} of goal and threshold, expected exactly one`);
}

/** The wanted one of the manifest's operating points. Throws `Problem` 409. */
function pointOf(manifest: Manifest, { goal, threshold }: Wanted): ManifestOperatingPoint {
  const { name, version, operatingPoints = [] } = manifest;
  if (operatingPoints.length === 0) {
    const detail = `${name} ${version}: its manifest has no operating points, so its threshold is ${manifest.threshold}`;
    throw new Problem("no_operating_points", detail);
  }
  const point = operatingPoints.find((one) => one.goal === goal || one.threshold === threshold);
  if (point !== undefined) return point;
  const got = goal === undefined ? `threshold: got ${threshold}` : `goal: got ${JSON.stringify(goal)}`;
  const allowed = operatingPoints.map((one) => `${JSON.stringify(one.goal)} (${one.threshold})`).join(", ");
  const members = { operating_points: operatingPoints.map(snakeKeys) };
  throw new Problem("not_an_operating_point", `${got}, expected one of ${allowed}`, { extra: members });
}
