// /admin/aliases: which artifact holds which alias. An alias is given only to an artifact that this gateway has loaded
// and tried, and champion only to one that passed its gate or needs none, except by force: then who and why are kept. A
// running challenger becomes champion on the terms of its experiment.
import { Hono } from "hono";
import type { ChangeCause } from "../durable/registry/alias-history.ts";
import type { Env } from "../settings.ts";
import { bundledOf } from "../settings/bundled-of.ts";
import type { ExperimentSettings } from "../durable/registry/experiment.ts";
import type { ForcedPromotion } from "../durable/registry/forced-promotion.ts";
import { updateModels } from "../model-refresh.ts";
import type { RegistryState } from "../durable/registry/registry-state.ts";
import { registryOf } from "../clients/registry.ts";
import type { Manifest, SetAlias } from "../model/manifest.ts";
import { ALIASES, type Alias, wantedBy } from "../model/model-host.ts";
import { besideChampion, type SetChanges, setChanges } from "../model/model-set.ts";
import { aliasesContract, giveAliasContract, removeAliasContract } from "./aliases-schema.ts";
import type { AppEnv } from "./app-env.ts";
import { changeCause } from "./change-cause.ts";
import type { Force } from "./experiment-schema.ts";
import { askedEnv } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { promoteChallenger } from "./promote-challenger.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { forcedShape, loadable, loadableSet, logForced, passGate, passSplit } from "./promotable.ts";

export const adminAliases = new Hono<AppEnv>()
  .get(aliasesContract.path, async (c) => {
    const env = askedEnv(c.env, (await readRequest(c, aliasesContract)).query);
    const registry = registryOf(env);
    const [{ aliases, forced, thresholds }, history] = await Promise.all([
      registry.read(),
      registry.readForcedHistory(),
    ]);
    return sendAnswer(c, aliasesContract, {
      aliases: Object.fromEntries(
        ALIASES.flatMap((alias) => {
          const sha256 = wantedBy(aliases, alias, bundledOf(env));
          return sha256 === undefined ? [] : [[alias, sha256]];
        }),
      ),
      forced: Object.fromEntries(Object.entries(forced).map(([alias, promotion]) => [alias, forcedShape(promotion)])),
      forced_history: history.map(({ alias, ...promotion }) => ({ alias, ...forcedShape(promotion) })),
      thresholds: Object.fromEntries(
        Object.entries(thresholds).map(([alias, { atMs, manifestThreshold, ...choice }]) => [
          alias,
          { ...choice, manifest_threshold: manifestThreshold, at: new Date(atMs).toISOString() },
        ]),
      ),
    });
  })
  .put(giveAliasContract.path, async (c) => {
    const { params, query, body } = await readRequest(c, giveAliasContract);
    const env = askedEnv(c.env, query);
    const { alias } = params;
    const { sha256, force, by, reason, replace, ...settings } = body;
    requireForChallenger(alias, { ...settings, ...(replace === undefined ? {} : { replace }) });
    const cause = changeCause({ by: by ?? force?.by, reason: reason ?? force?.reason }, "admin", Date.now());
    const { manifest, sealed, set, forced, experiment } = await giveAlias(env, {
      alias,
      sha256,
      force,
      cause,
      settings,
      replace,
    });
    const { byAlias } = await updateModels(env);
    // Other isolates follow within 10 s; this one may have been overtaken by another change.
    const serving = byAlias[alias]?.manifest.onnxSha256 === sha256;
    const { name, version } = manifest;
    const answer = { alias, sha256, serving, sealed, name, version, forced };
    const brought = Object.entries(set) as [SetAlias, string | null][];
    const setOf = Object.fromEntries(brought.map(([other, sha]) => [other, sha ?? bundledOf(env)[other]]));
    const experimentId = alias === "challenger" ? { experiment: experiment?.id ?? null } : {};
    return sendAnswer(c, giveAliasContract, { ...answer, set: setOf, ...experimentId });
  })
  .delete(removeAliasContract.path, async (c) => {
    const { params, query, body } = await readRequest(c, removeAliasContract);
    const { alias } = params;
    const env = askedEnv(c.env, query);
    const registry = registryOf(env);
    const bundled = bundledOf(env);
    const { aliases } = await registry.read();
    const set = alias === "champion" ? setChanges(aliases, besideChampion(bundled), bundled) : {};
    await registry.setAlias(alias, null, { cause: changeCause(body, "admin", Date.now()), set });
    await updateModels(env);
    const others = { ...aliases };
    delete others[alias];
    return sendAnswer(c, removeAliasContract, { alias, sha256: wantedBy(others, alias, bundled) ?? null });
  });

interface WantedAlias {
  readonly alias: Alias;
  readonly sha256: string;
  readonly force: Force | undefined;
  readonly cause: ChangeCause;
  readonly settings: Partial<ExperimentSettings>;
  /** Whether a challenger may be replaced while it is compared; absent: it may. */
  readonly replace: boolean | undefined;
}

interface GivenAlias {
  readonly manifest: Manifest;
  readonly sealed: boolean;
  /** What a champion brought along. */
  readonly set: SetChanges;
  readonly forced: boolean;
  readonly experiment: RegistryState["experiment"];
}

async function giveAlias(env: Env, wanted: WantedAlias): Promise<GivenAlias> {
  const { alias, sha256, cause, settings, replace } = wanted;
  const registry = registryOf(env);
  const before = await registry.read();
  if (alias === "champion" && before.aliases.challenger === sha256) {
    return { ...(await promoteChallenger(env, wanted)), experiment: null };
  }
  if (alias === "challenger" && replace === false) requireNoOther(sha256, before);
  const { manifest, sealed } = await loadable(env, alias, sha256);
  if (alias === "challenger") requireOther(sha256, wantedBy(before.aliases, "champion", bundledOf(env)));
  const forced = forcedFor(wanted, manifest, before);
  const set = alias === "champion" ? await loadableSet(env, manifest, before.aliases) : {};
  const { experiment } = await registry.setAlias(alias, sha256, { forced, cause, settings, set });
  if (forced !== undefined) logForced(alias, forced);
  return { manifest, sealed, set, forced: forced !== undefined, experiment };
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

function requireNoOther(sha256: string, { experiment }: RegistryState): void {
  if (experiment === null || experiment.challenger === sha256) return;
  const since = new Date(experiment.startedMs).toISOString();
  const detail = `sha256: got ${sha256}, but the challenger ${experiment.challenger} is being compared since ${since}`;
  throw new Problem("experiment_running", detail);
}

/** `mode`, `share`, `auto` and `replace` are the challenger's alone. */
function requireForChallenger(alias: Alias, settings: Partial<ExperimentSettings & { replace: boolean }>): void {
  const [first] = Object.keys(settings) as (keyof ExperimentSettings | "replace")[];
  if (alias === "challenger" || first === undefined) return;
  throw new Problem(`${first}_misplaced`, `${first}: got one for ${alias}, expected it for challenger only`);
}

function requireOther(sha256: string, champion: string | undefined): void {
  if (sha256 !== champion) return;
  throw new Problem("same_model", `sha256: got the champion's ${sha256}, expected another artifact's`);
}
