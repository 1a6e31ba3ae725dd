// /admin/aliases: which artifact holds which alias. An alias is given only to an artifact that this gateway has loaded and
// tried, and champion only to one that passed its gate or needs none, except by force: then who and why are kept. A running
// challenger becomes champion on the terms of its experiment.
import { Hono } from "hono";
import type { ChangeCause } from "../durable/registry/alias-history.ts";
import type { Env } from "../settings.ts";
import type { ExperimentSettings } from "../durable/registry/experiment.ts";
import type { ForcedPromotion } from "../durable/registry/forced-promotion.ts";
import { updateModels } from "../model-refresh.ts";
import type { RegistryState } from "../durable/registry/registry-state.ts";
import { registryOf } from "../clients/registry.ts";
import type { Manifest } from "../model/manifest.ts";
import { ALIASES, type Alias, wantedBy } from "../model/model-host.ts";
import {
  type Fields,
  type Force,
  readCause,
  readFields,
  readForce,
  readOptionalFields,
  readSettings,
  readSha256,
  requireKnown,
} from "./admin-fields.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { promoteChallenger } from "./promote-challenger.ts";
import { forcedShape, loadable, logForced, passGate, passSplit } from "./promotable.ts";

const CAUSE_FIELDS = ["by", "reason"];
const FIELDS = ["sha256", "force", ...CAUSE_FIELDS, "mode", "share", "auto"];

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
    requireKnown(body, FIELDS);
    const force = readForce(body);
    const cause = readCause({ ...force, ...body }, "admin", Date.now(), false);
    const wanted = { alias, sha256, force, cause, settings: readSettingsFor(alias, body) };
    const { manifest, forced, experiment } = await giveAlias(c.env, wanted);
    const { byAlias } = await updateModels(c.env);
    // Other isolates follow within 10 s; this one may have been overtaken by another change.
    const serving = byAlias[alias]?.manifest.onnxSha256 === sha256;
    const { name, version } = manifest;
    const answer = { alias, sha256, serving, name, version, forced };
    return c.json(alias === "challenger" ? { ...answer, experiment: experiment?.id ?? null } : answer);
  })
  .delete("/admin/aliases/:alias", async (c) => {
    const alias = readAlias(c.req.param("alias"));
    const body = await readOptionalFields(c.req.raw);
    requireKnown(body, CAUSE_FIELDS);
    const cause = readCause(body, "admin", Date.now(), false);
    await registryOf(c.env).setAlias(alias, null, { cause });
    await updateModels(c.env);
    return c.json({ alias, sha256: wantedBy({}, alias) ?? null });
  });

interface WantedAlias {
  readonly alias: Alias;
  readonly sha256: string;
  readonly force: Force | undefined;
  readonly cause: ChangeCause;
  readonly settings: Partial<ExperimentSettings>;
}

interface GivenAlias {
  readonly manifest: Manifest;
  readonly forced: boolean;
  readonly experiment: RegistryState["experiment"];
}

async function giveAlias(env: Env, wanted: WantedAlias): Promise<GivenAlias> {
  const { alias, sha256, cause, settings } = wanted;
  const registry = registryOf(env);
  const before = await registry.read();
  if (alias === "champion" && before.aliases.challenger === sha256) {
    return { ...(await promoteChallenger(env, wanted)), experiment: null };
  }
  const manifest = await loadable(env, alias, sha256);
  if (alias === "challenger") requireOther(sha256, wantedBy(before.aliases, "champion"));
  const forced = forcedFor(wanted, manifest, before);
  const { experiment } = await registry.setAlias(alias, sha256, { forced, cause, settings });
  if (forced !== undefined) logForced(alias, forced);
  return { manifest, forced: forced !== undefined, experiment };
}

/** What is recorded where a gate is overruled. Throws `Problem` 409 where it is not. */
function forcedFor(
  { alias, sha256, force, cause, settings }: WantedAlias,
  manifest: Manifest,
  { experiment }: RegistryState,
): ForcedPromotion | undefined {
  if (alias === "champion") return passGate(manifest, force, cause.atMs);
  if (alias !== "challenger") return undefined;
  const before = experiment?.challenger === sha256 ? experiment : null;
  return passSplit(manifest, { before, settings }, force, cause.atMs);
}

function readAlias(value: string): Alias {
  const alias = ALIASES.find((known) => known === value);
  if (alias === undefined) {
    throw new Problem(404, "unknown_alias", `alias: got ${value}, expected one of ${ALIASES.join(", ")}`);
  }
  return alias;
}

/** `mode`, `share` and `auto` are the challenger's alone; none for the other aliases. */
function readSettingsFor(alias: Alias, body: Fields): Partial<ExperimentSettings> {
  const settings = readSettings(body);
  const [first] = Object.keys(settings);
  if (alias === "challenger" || first === undefined) return settings;
  throw new Problem(400, `${first}_misplaced`, `${first}: got one for ${alias}, expected it for challenger only`);
}

function requireOther(sha256: string, champion: string | undefined): void {
  if (sha256 !== champion) return;
  throw new Problem(409, "same_model", `sha256: got the champion's ${sha256}, expected another artifact's`);
}
