// Keeps an isolate's models equal to the registry's aliases: at most one question every 10 s, in the background once
// something serves.
import { schemaHashes } from "./model/schema-hashes.ts";
import { type Env, settingsOf } from "./settings.ts";
import { r2ArtifactStore } from "./model/artifact-store.ts";
import { type Aliases, type ServedModels, modelHost } from "./model/model-host.ts";
import { claimRegistryRead, readRegistry, rememberedRegistryState } from "./clients/registry.ts";
import { logError } from "./log.ts";

/**
 * Waits until `modelHost.serving` is there: the first call of an isolate loads it; later ones return at once and leave
 * an update that is due to `inBackground`.
 */
export async function modelsReady(env: Env, inBackground: (work: Promise<unknown>) => void): Promise<void> {
  if (modelHost.current === undefined) await updateModels(env);
  else if (claimRegistryRead(Date.now())) inBackground(updateModels(env).catch(logRefreshFailure));
}

/** Reads the aliases and makes them serve. An unreachable registry leaves what was known; throws only on a bug. */
export async function updateModels(env: Env): Promise<ServedModels> {
  const { grid } = settingsOf(env).engine;
  const aliases = await readAliases(env);
  const store = r2ArtifactStore(env.BUCKET);
  const hashes = new Set(Object.values(await schemaHashes(grid)));
  const aliasesKnown = aliases !== undefined;
  return await modelHost.update(aliases ?? {}, { store, schemaHashes: hashes, nowMs: Date.now(), aliasesKnown });
}

/** `undefined` when the registry does not answer and never did. */
async function readAliases(env: Env): Promise<Aliases | undefined> {
  try {
    return (await readRegistry(env)).aliases;
  } catch (error) {
    logRefreshFailure(error);
    return rememberedRegistryState()?.aliases;
  }
}

function logRefreshFailure(error: unknown): void {
  logError("model_refresh_failed", { error: String(error) });
}
