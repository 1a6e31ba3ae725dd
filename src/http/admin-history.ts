// /admin/history and /admin/rollback: what was changed, and back again.
import { Hono } from "hono";
import { changeToUndo } from "../durable/registry/alias-history.ts";
import { updateModels } from "../model-refresh.ts";
import { registryOf } from "../clients/registry.ts";
import { bundledOf } from "../settings/bundled-of.ts";
import { historyContract, rollbackContract } from "./aliases-schema.ts";
import { wantedBy } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import { changeCause } from "./change-cause.ts";
import { refusal } from "./change-refusal.ts";
import { changeShape } from "./change-shape.ts";
import { askedEnv } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { loadable } from "./promotable.ts";
import { readRequest, sendAnswer } from "./read-request.ts";

export const adminHistory = new Hono<AppEnv>()
  .get(historyContract.path, async (c) => {
    const env = askedEnv(c.env, (await readRequest(c, historyContract)).query);
    const changes = await registryOf(env).readChanges();
    return sendAnswer(c, historyContract, { count: changes.length, history: changes.reverse().map(changeShape) });
  })
  .post(rollbackContract.path, async (c) => {
    const { query, body } = await readRequest(c, rollbackContract);
    const env = askedEnv(c.env, query);
    const cause = changeCause(body, "rollback", Date.now());
    const registry = registryOf(env);
    await requireChampion(env, body.sha256);
    const undone = changeToUndo(await registry.readChanges());
    if (undone === undefined) throw refusal("nothing_to_roll_back");
    const restored = undone.from ?? bundledOf(env).champion;
    const { manifest } = await loadable(env, "champion", restored);
    const outcome = await registry.rollBack(undone.seq, cause);
    if (!outcome.ok) throw refusal(outcome.code);
    const { byAlias } = await updateModels(env);
    const serving = byAlias.champion?.manifest.onnxSha256 === restored;
    const { name, version } = manifest;
    const answer = { sha256: restored, serving, name, version };
    return sendAnswer(c, rollbackContract, { alias: "champion", ...answer, undone: changeShape(undone) });
  });

/** @param meant the champion that the caller wants to be rid of; absent: whoever is champion. */
async function requireChampion(env: AppEnv["Bindings"], meant: string | undefined): Promise<void> {
  if (meant === undefined) return;
  const { aliases } = await registryOf(env).read();
  const champion = wantedBy(aliases, "champion", bundledOf(env));
  if (champion === meant) return;
  throw new Problem("history_changed", `sha256: got ${meant}, but the champion is ${champion ?? "nobody"}`);
}
