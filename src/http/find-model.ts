// Which model a request of the Open Inference Protocol names.
import type { Context } from "hono";
import { gridName } from "../features/grid-name.ts";
import type { Scorer } from "../model/artifact.ts";
import { hostFor } from "../model/grid-hosts.ts";
import { ALIASES, type ModelHost, modelHost } from "../model/model-host.ts";
import { modelsReady } from "../model-refresh.ts";
import { shown } from "../schemas/shown.ts";
import { settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { type ModelVersion, namedVersions } from "./inference-models.ts";
import { Problem } from "./problem.ts";

/** Where a name is looked up. */
export interface ModelPlace {
  /** Of the name's grid. */
  readonly host: ModelHost;
  /** The name without its grid. */
  readonly name: string;
}

/** A model that serves under the asked name. */
export interface FoundModel extends ModelVersion {
  readonly scorer: Scorer;
  /** Every version that can be asked for under this name, the default one first. */
  readonly versions: readonly string[];
}

/** `name@grid` is a model of a further grid, once its models are loaded; without one it is the default grid's. */
export async function placeOf(c: Context<AppEnv>, model: string): Promise<ModelPlace> {
  const inBackground = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const settings = settingsOf(c.env);
  const at = model.lastIndexOf("@");
  const name = model.slice(0, at);
  const asked = at < 0 ? undefined : model.slice(at + 1);
  const further = settings.furtherGrids.find((one) => one.name === asked);
  await modelsReady(c.env, inBackground, further === undefined ? [] : [further.engine.grid]);
  if (further !== undefined) return { host: hostFor(further.engine.grid, settings), name };
  const isDefault = asked === gridName(settings.defaultGrid);
  return { host: modelHost, name: isDefault ? name : model };
}

/** The places of every grid, with what a name has behind it there. All their models are loaded then. */
export async function everyPlace(c: Context<AppEnv>): Promise<readonly { host: ModelHost; suffix: string }[]> {
  const settings = settingsOf(c.env);
  const grids = settings.furtherGrids.map(({ name, engine }) => ({ name, grid: engine.grid }));
  await modelsReady(
    c.env,
    (work) => c.executionCtx.waitUntil(work),
    grids.map(({ grid }) => grid),
  );
  const others = grids.map(({ name, grid }) => ({ host: hostFor(grid, settings), suffix: `@${name}` }));
  return [{ host: modelHost, suffix: "" }, ...others];
}

/**
 * The asked version, or the name's default one. Start its run without an `await` after this: a swap releases models.
 * Throws `Problem` 404 for a name or a version that is not there, 503 for one that does not serve.
 */
export function modelOf({ host, name }: ModelPlace, version?: string): FoundModel {
  const named = namedVersions(host.serving, host.refusals);
  const known = named.get(name);
  if (known === undefined) throw notThere(host, name, [...named.keys()]);
  const serving = known.flatMap((one) => (one.scorer === undefined ? [] : [{ ...one, scorer: one.scorer }]));
  const versions = serving.map((one) => one.version);
  const asked = version ?? (serving[0] ?? known[0])?.version;
  const found = serving.find((one) => one.version === asked);
  if (found !== undefined) return { ...found, versions };
  const refused = known.find((one) => one.version === asked);
  if (refused !== undefined) {
    throw new Problem("model_not_ready", `model ${name}: ${asked} does not serve: ${refused.reason}`);
  }
  const expected = `the SHA-256 of an artifact that serves as ${name}: ${versions.join(", ") || "there is none"}`;
  throw new Problem("unknown_version", `version: got ${shown(version)}, expected ${expected}`);
}

function notThere(host: ModelHost, name: string, names: readonly string[]): Problem {
  const { runtimeError } = host.serving;
  if (runtimeError !== undefined && (ALIASES as readonly string[]).includes(name)) {
    return new Problem("model_not_ready", `model ${name}: no artifact serves: ${runtimeError}`);
  }
  return new Problem("unknown_model", `model: got ${shown(name)}, expected one of ${names.join(", ")}`);
}
