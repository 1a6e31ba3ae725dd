// /admin/history and /admin/rollback: what was changed, and back again.
import { Hono } from "hono";
import { type Change, changeToUndo } from "../durable/registry/alias-history.ts";
import { updateModels } from "../model-refresh.ts";
import { registryOf } from "../clients/registry.ts";
import { BUNDLED } from "../model/bundled.ts";
import { readCause, readFields, requireKnown } from "./admin-fields.ts";
import type { AppEnv } from "./app-env.ts";
import { refusal } from "./change-refusal.ts";
import { loadable } from "./promotable.ts";

export const adminHistory = new Hono<AppEnv>()
  .get("/admin/history", async (c) => {
    const changes = await registryOf(c.env).readChanges();
    return c.json({ count: changes.length, history: changes.reverse().map(shape) });
  })
  .post("/admin/rollback", async (c) => {
    const body = await readFields(c.req.raw);
    requireKnown(body, ["by", "reason"]);
    const cause = readCause(body, "rollback", Date.now(), true);
    const registry = registryOf(c.env);
    const undone = changeToUndo(await registry.readChanges());
    if (undone === undefined) throw refusal("nothing_to_roll_back");
    const restored = undone.from ?? BUNDLED.champion;
    const { name, version } = await loadable(c.env, "champion", restored);
    const outcome = await registry.rollBack(undone.seq, cause);
    if (!outcome.ok) throw refusal(outcome.code);
    const { byAlias } = await updateModels(c.env);
    const serving = byAlias.champion?.manifest.onnxSha256 === restored;
    return c.json({ alias: "champion", sha256: restored, serving, name, version, undone: shape(undone) });
  });

function shape({ seq, atMs, what, from, to, by, who, reason, figures }: Change): Record<string, unknown> {
  const { eValue, meanGain, ...counts } = figures ?? {};
  return {
    seq,
    at: new Date(atMs).toISOString(),
    alias: what,
    ...{ from, to, by, who, reason },
    figures: figures && { e_value: eValue, ...counts, mean_gain: meanGain },
  };
}
