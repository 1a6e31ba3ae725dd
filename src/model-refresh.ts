// Keeps an isolate's models in step with the registry's aliases: at most one request every 10 s, in the background once
// models serve.
import { schemaHashes } from "./model/schema-hashes.ts";
import { type Env, settingsOf } from "./settings.ts";
import { r2ArtifactStore } from "./model/artifact-store.ts";
import { type ServedModels, modelHost } from "./model/model-host.ts";
import { claimRegistryRead, readRegistry, rememberedRegistryState } from "./clients/registry.ts";
import type { RegistryState } from "./durable/registry/registry-state.ts";
import { faults } from "./health/fault-board.ts";
import { reportHealth } from "./health/health-object.ts";
import { GATEWAY } from "./health/health-reasons.ts";
import { logError } from "./log.ts";

/**
 * Waits until `modelHost.serving` is set. The isolate's first call loads it; later calls return at once and pass a due
 * update to `inBackground`.
 */
export async function modelsReady(env: Env, inBackground: (work: Promise<unknown>) => void): Promise<void> {
  if (modelHost.current === undefined) {
    await updateModels(env);
    inBackground(reportHealth(env));
  } else if (claimRegistryRead(Date.now())) {
    const update = updateModels(env).catch(logRefreshFailure);
    inBackground(update.then(() => reportHealth(env)));
  }
}

/**
 * Reads the aliases and loads their models. If the registry is unreachable, the last known aliases stay in use. Throws
 * only on a bug.
 */
export async function updateModels(env: Env): Promise<ServedModels> {
  const registry = await readRegistryState(env);
  const store = r2ArtifactStore(env.BUCKET);
  const hashes = new Set(Object.values(await schemaHashes(settingsOf(env).engine)));
  const { aliases, thresholds } = registry ?? { aliases: {}, thresholds: {} };
  const context = { store, schemaHashes: hashes, nowMs: Date.now(), aliasesKnown: registry !== undefined, thresholds };
  return await modelHost.update(aliases, context);
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
