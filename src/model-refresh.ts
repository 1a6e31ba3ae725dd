// Keeps an isolate's models in step with the registries' aliases: at most one look every 10 s, in the background once
// models serve. Each further grid has a registry of its own.
import { bucketOf, type Env, onGrid, settingsOf } from "./settings.ts";
import { r2ArtifactStore } from "./model/artifact-store.ts";
import { type ModelHost, type ServedModels, modelHost } from "./model/model-host.ts";
import { bundledFor } from "./model/bundled.ts";
import { hostFor, otherHosts } from "./model/grid-hosts.ts";
import { modelSwaps } from "./counting/isolate-counters.ts";
import type { GridConfig } from "./features/event-grid.ts";
import { gridName } from "./features/grid-name.ts";
import { claimRegistryRead, readRegistry, rememberedRegistryState } from "./clients/registry.ts";
import type { RegistryState } from "./durable/registry/registry-state.ts";
import { faults } from "./health/fault-board.ts";
import { reportHealth } from "./health/health-object.ts";
import { GATEWAY } from "./health/health-reasons.ts";
import { logError } from "./log.ts";

/**
 * Waits until `modelHost.serving` is set, and that of the hosts of `grids`. The isolate's first call loads them; later
 * calls return at once and pass a due update to `inBackground`.
 * @param grids of a symbol; by default the gateway's alone.
 */
export async function modelsReady(
  env: Env,
  inBackground: (work: Promise<unknown>) => void,
  grids: readonly GridConfig[] = [],
): Promise<void> {
  if (modelHost.current === undefined) {
    await updateModels(env);
    inBackground(reportHealth(env));
  } else if (claimRegistryRead(Date.now())) {
    const update = updateModels(env).catch(logRefreshFailure);
    inBackground(update.then(() => reportHealth(env)));
  }
  for (const grid of grids) {
    const host = hostFor(grid, settingsOf(env));
    if (host.current !== undefined) continue;
    const own = registryEnv(env, grid);
    await updateHost(env, { grid, host }, rememberedRegistryState(own) ?? (await readRegistryState(own)));
  }
}

/**
 * Reads the aliases and loads their models, for every grid in use. If a registry is unreachable, its last known aliases
 * stay in use. Throws only on a bug.
 * @returns the models of the environment's grid.
 */
export async function updateModels(env: Env): Promise<ServedModels> {
  const { defaultGrid, engine } = settingsOf(env);
  const host = hostFor(engine.grid, settingsOf(env));
  const used = [{ grid: defaultGrid, host: modelHost }, ...otherHosts()];
  const states = new Map<Env, RegistryState | undefined>();
  for (const one of used) {
    const own = registryEnv(env, one.grid);
    if (!states.has(own)) states.set(own, await readRegistryState(own));
    await updateHost(env, one, states.get(own));
  }
  return host.serving;
}

/** Whose registry has the aliases of a grid: its own where it is one of the gateway's grids, else the default one's. */
function registryEnv(env: Env, grid: GridConfig): Env {
  return onGrid(env, gridName(grid)) ?? onGrid(env, undefined);
}

/** @param registry `undefined` while it is not known who holds the aliases. */
async function updateHost(
  env: Env,
  { grid, host }: { readonly grid: GridConfig; readonly host: ModelHost },
  registry: RegistryState | undefined,
): Promise<ServedModels> {
  const { aliases, thresholds } = registry ?? { aliases: {}, thresholds: {} };
  const served = await host.update(aliases, {
    store: r2ArtifactStore(bucketOf(env)),
    bundled: bundledFor(grid),
    grid,
    nowMs: Date.now(),
    aliasesKnown: registry !== undefined,
    thresholds,
  });
  countSwaps(host);
  return served;
}

/** Swaps that were counted, by host: two updates at once must not count one twice. */
const counted = new WeakMap<ModelHost, number>();

function countSwaps(host: ModelHost): void {
  const fresh = host.swapCount - (counted.get(host) ?? 0);
  counted.set(host, host.swapCount);
  modelSwaps.inc({}, fresh);
}

/** `undefined` if the registry does not answer and has never answered. */
async function readRegistryState(env: Env): Promise<RegistryState | undefined> {
  const subject = settingsOf(env).grid ?? GATEWAY;
  try {
    const state = await readRegistry(env);
    faults.clear("registry_unavailable", subject);
    return state;
  } catch (error) {
    logRefreshFailure(error);
    faults.note("registry_unavailable", subject, String(error), Date.now());
    return rememberedRegistryState(env);
  }
}

function logRefreshFailure(error: unknown): void {
  logError("model_refresh_failed", { error: String(error) });
}
