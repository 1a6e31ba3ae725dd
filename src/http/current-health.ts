// The gateway's health as far as it can be had in two seconds.
import type { Context } from "hono";
import { listSymbols } from "../clients/directory.ts";
import { type GatewayHealth, gatewayHealth } from "../health/gateway-health.ts";
import { knownReports, refreshReports } from "../health/health-object.ts";
import { modelsReady } from "../model-refresh.ts";
import type { AppEnv } from "./app-env.ts";

/** How long it waits for all that it looks at, once the isolate has models. */
const LOOK_MS = 2_000;

/**
 * What the isolates reported, at most once a second, and this one's own look at the registry and the directory, at most
 * once in 10 s. A part that does not answer in 2 s is left to the next request.
 */
export async function currentHealth({
  env,
  executionCtx,
}: Pick<Context<AppEnv>, "env" | "executionCtx">): Promise<GatewayHealth & { readonly isolates: number }> {
  const limit = scheduler.wait(LOOK_MS);
  // It has noted its own failure.
  const looks: Promise<unknown>[] = [refreshReports(env), listSymbols(env).catch(() => undefined)];
  await modelsReady(env, (work) => looks.push(work));
  for (const look of looks) executionCtx.waitUntil(look);
  await Promise.race([Promise.all(looks), limit]);
  const reports = knownReports();
  return { ...gatewayHealth(reports), isolates: reports.length };
}
