// GET /health and /version: whether the gateway can answer, with which models, and what an operator should look at.
import { type Context, Hono } from "hono";
import build from "../../dist/build.json" with { type: "json" };
import { listSymbols } from "../clients/directory.ts";
import { type GatewayHealth, gatewayHealth } from "../health/gateway-health.ts";
import { knownReports, refreshReports } from "../health/health-object.ts";
import { HEALTH_REASONS } from "../health/health-reasons.ts";
import { modelsReady } from "../model-refresh.ts";
import { rememberedRegistryState } from "../clients/registry.ts";
import { statedEvidence } from "../model/manifest.ts";
import { type Alias, ALIASES, modelHost, type ServedModels } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf } from "./contract.ts";
import {
  healthContract,
  liveContract,
  readyContract,
  type ServedModelAnswer,
  versionContract,
} from "./health-schema.ts";
import { settingsOf } from "../settings.ts";
import { sendAnswer } from "./read-request.ts";

/** How long `/health` waits for all that it looks at, once the isolate has models. */
const LOOK_MS = 2_000;

export const health = new Hono<AppEnv>()
  .get(liveContract.path, (c) => sendAnswer(c, liveContract, { status: "alive" }))
  .get(readyContract.path, async (c) => {
    const { ready, reasons } = await currentHealth(c);
    const body = { ready, reasons: reasons.map(({ code }) => code) };
    return sendAnswer(c, readyContract, body, ready ? {} : { status: 503 });
  })
  .get(healthContract.path, async (c) => {
    const { ready, reasons, serving, isolates } = await currentHealth(c);
    const models = modelHost.serving;
    const notices = rememberedRegistryState(c.env)?.notices ?? [];
    const loaded = models.byAlias.champion !== undefined;
    const body: AnswerOf<typeof healthContract> = {
      status: reasons.length === 0 ? "healthy" : "degraded",
      ready,
      reasons: reasons.map(({ sinceMs, lastMs, ...rest }) => ({
        ...rest,
        meaning: HEALTH_REASONS[rest.code].meaning,
        since: new Date(sinceMs).toISOString(),
        last_seen: new Date(lastMs).toISOString(),
      })),
      timestamp: new Date().toISOString(),
      model_loaded: loaded,
      kafka_connected: false,
      models: Object.fromEntries(ALIASES.map((alias) => [alias, describe(models, alias)])),
      model_swaps: modelHost.swapCount,
      refused_artifacts: modelHost.refusals.map(({ atMs, ...rest }) => ({ ...rest, at: new Date(atMs).toISOString() })),
      runtime_error: models.runtimeError ?? null,
      isolates,
      serving: serving.map(({ standIn, ...rest }) => ({ ...rest, stand_in: standIn })),
      notices: notices.map(({ atMs, ...rest }) => ({ ...rest, at: new Date(atMs).toISOString() })),
    };
    return sendAnswer(c, healthContract, body, loaded ? {} : { status: 503 });
  })
  .get(versionContract.path, async (c) => {
    await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
    const { champion } = modelHost.serving.byAlias;
    return sendAnswer(c, versionContract, {
      model: champion?.manifest.name ?? null,
      sha: build.commit,
      version: champion?.manifest.version ?? null,
      gateway_version: build.version,
      model_commit: champion?.manifest.codeCommit ?? null,
      model_variant: champion === undefined ? null : "ml",
      model_path: champion === undefined ? null : `models/${champion.manifest.onnxSha256}/model.onnx`,
      step_ms: settingsOf(c.env).engine.grid.stepMs,
    });
  });

function describe({ byAlias, standIns }: ServedModels, alias: Alias): ServedModelAnswer | null {
  const scorer = byAlias[alias];
  if (scorer === undefined) return null;
  const { name, version, family, row, threshold, onnxSha256: sha256 } = scorer.manifest;
  const { sealed, manifest } = scorer;
  const own = { name, version, family, row, sha256, threshold, evidence: statedEvidence(manifest) };
  return { ...own, stand_in: standIns.has(alias), sealed };
}

/**
 * What the isolates reported, at most once a second, and this one's own look at the registry and the directory, at most
 * once in 10 s. A part that does not answer in 2 s is left to the next request.
 */
async function currentHealth(c: Context<AppEnv>): Promise<GatewayHealth & { readonly isolates: number }> {
  const { env, executionCtx } = c;
  const limit = scheduler.wait(LOOK_MS);
  // It has noted its own failure.
  const looks: Promise<unknown>[] = [refreshReports(env), listSymbols(env).catch(() => undefined)];
  await modelsReady(env, (work) => looks.push(work));
  for (const look of looks) executionCtx.waitUntil(look);
  await Promise.race([Promise.all(looks), limit]);
  const reports = knownReports();
  return { ...gatewayHealth(reports), isolates: reports.length };
}
