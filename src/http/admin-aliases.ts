// /admin/aliases: which artifact holds which alias. An alias is given only to an artifact that this gateway has loaded and
// tried, and champion only to one that passed its gate or needs none, except by force: then who and why are kept.
import { Hono } from "hono";
import { updateModels } from "../durable/model-refresh.ts";
import { registryOf } from "../durable/registry-object.ts";
import { ALIASES, type Alias, wantedBy } from "../model/model-host.ts";
import { type Fields, readCause, readFields, readForce, readSettings, readSha256 } from "./admin-fields.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { forcedShape, loadable, passGate } from "./promotable.ts";

export const adminAliases = new Hono<AppEnv>()
  .get("/admin/aliases", async (c) => {
    const registry = registryOf(c.env);
    const [{ aliases, forced }, history] = await Promise.all([registry.read(), registry.readForcedHistory()]);
    return c.json({
      aliases: Object.fromEntries(ALIASES.map((alias) => [alias, wantedBy(aliases, alias)])),
      forced: Object.fromEntries(Object.entries(forced).map(([alias, promotion]) => [alias, forcedShape(promotion)])),
      forced_history: history.map(({ alias, ...promotion }) => ({ alias, ...forcedShape(promotion) })),
    });
  })
  .put("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    const body = await readFields(c.req.raw);
    const sha256 = readSha256(body);
    const force = readForce(body);
    const cause = readCause({ ...force, ...body }, "admin", Date.now(), false);
    const settings = readSettingsFor(alias, body);
    const manifest = await loadable(c.env, alias, sha256);
    const registry = registryOf(c.env);
    if (alias === "challenger") requireOther(sha256, wantedBy((await registry.read()).aliases, "champion"));
    const forced = alias === "champion" ? passGate(manifest, force, cause.atMs) : undefined;
    const { experiment } = await registry.setAlias(alias, sha256, { forced, cause, settings });
    if (forced !== undefined) {
      console.warn(JSON.stringify({ event: "forced_promotion", alias, ...forcedShape(forced) }));
    }
    const { byAlias } = await updateModels(c.env);
    // Other isolates follow within 10 s; this one may have been overtaken by another change.
    const serving = byAlias[alias]?.manifest.onnxSha256 === sha256;
    const { name, version } = manifest;
    const answer = { alias, sha256, serving, name, version, forced: forced !== undefined };
    return c.json(alias === "challenger" ? { ...answer, experiment: experiment?.id ?? null } : answer);
  })
  .delete("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    await registryOf(c.env).setAlias(alias, null);
    await updateModels(c.env);
    return c.json({ alias, sha256: wantedBy({}, alias) ?? null });
  });

function readAlias(value: string): Alias {
  const alias = ALIASES.find((known) => known === value);
  if (alias === undefined) {
    throw new Problem(404, "unknown_alias", `alias: got ${value}, expected one of ${ALIASES.join(", ")}`);
  }
  return alias;
}

/** `mode`, `share` and `auto` are the challenger's alone. */
function readSettingsFor(alias: Alias, body: Fields): ReturnType<typeof readSettings> | undefined {
  const settings = readSettings(body);
  const [first] = Object.keys(settings);
  if (alias === "challenger") return settings;
  if (first === undefined) return undefined;
  throw new Problem(400, `${first}_misplaced`, `${first}: got one for ${alias}, expected it for challenger only`);
}

function requireOther(sha256: string, champion: string | undefined): void {
  if (sha256 !== champion) return;
  throw new Problem(409, "same_model", `sha256: got the champion's ${sha256}, expected another artifact's`);
}
