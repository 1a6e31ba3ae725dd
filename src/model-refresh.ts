// Keeps an isolate's models in step with the registry's aliases: at most one request every 10 s, in the background once
// models serve.
import { type Env, settingsOf } from "./settings.ts";
import { r2ArtifactStore } from "./model/artifact-store.ts";
import { type ModelHost, type ServedModels, modelHost } from "./model/model-host.ts";
import { bundledFor } from "./model/bundled.ts";
import { hostFor, otherHosts } from "./model/grid-hosts.ts";
import type { GridConfig } from "./features/event-grid.ts";
import { claimRegistryRead, readRegistry, rememberedRegistryState } from "./clients/registry.ts";
import type { RegistryState } from "./durable/registry/registry-state.ts";
import { faults } from "./health/fault-board.ts";
import { reportHealth } from "./health/health-object.ts";
import { GATEWAY } from "./health/health-reasons.ts";
import { logError } from "./log.ts";

/**
 * Waits until `modelHost.serving` is set, and that of the host of `grid`. The isolate's first call loads them; later
 * calls return at once and pass a due update to `inBackground`.
 * @param grid a symbol's; by default the gateway's.
 */
export async function modelsReady(
  env: Env,
  inBackground: (work: Promise<unknown>) => void,
  grid?: GridConfig,
): Promise<void> {
  if (modelHost.current === undefined) {
    await updateModels(env);
    inBackground(reportHealth(env));
  } else if (claimRegistryRead(Date.now())) {
    const update = updateModels(env).catch(logRefreshFailure);
    inBackground(update.then(() => reportHealth(env)));
  }
  if (grid === undefined) return;
  const host = hostFor(grid, settingsOf(env).engine.grid);
  if (host.current === undefined) await updateHost(env, { grid, host }, rememberedRegistryState());
}

/**
 * Reads the aliases and loads their models, for every grid in use. If the registry is unreachable, the last known
 * aliases stay in use. Throws only on a bug.
 * @returns the models of the gateway's grid.
 */
export async function updateModels(env: Env): Promise<ServedModels> {
  const registry = await readRegistryState(env);
  const served = await updateHost(env, { grid: settingsOf(env).engine.grid, host: modelHost }, registry);
  for (const other of otherHosts()) await updateHost(env, other, registry);
  return served;
}

/** @param registry `undefined` while it is not known who holds the aliases. */
async function updateHost(
  env: Env,
  { grid, host }: { readonly grid: GridConfig; readonly host: ModelHost },
  registry: RegistryState | undefined,
): Promise<ServedModels> {
  const { aliases, thresholds } = registry ?? { aliases: {}, thresholds: {} };
  return await host.update(aliases, {
    store: r2ArtifactStore(env.BUCKET),
    bundled: bundledFor(grid),
    grid,
    nowMs: Date.now(),
    aliasesKnown: registry !== undefined,
    thresholds,
  });
}

/** `undefined` if the registry does not answer and has never answered. */
async function readRegistryState(env: Env): Promise<RegistryState | undefined> {
  try {
    const state = await readRegistry(env);
    faults.clear("registry_unavailable", GATEWAY);
    return state;
  } catch (error) {
    logRefreshFailure(error);
    faults.note("registry_unavailable", GATEWAY, String(error), Date.now());
    return rememberedRegistryState();
  }
}

function logRefreshFailure(error: unknown): void {
  logError("model_refresh_failed", { error: String(error) });
}
