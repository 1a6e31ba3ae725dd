// GET /health and /version: whether the gateway can answer, with which models, and what an operator should look at.
import { Hono } from "hono";
import { modelsReady } from "../model-refresh.ts";
import { rememberedRegistryState } from "../clients/registry.ts";
import type { Scorer } from "../model/artifact.ts";
import { ALIASES, modelHost } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf } from "./contract.ts";
import { healthContract, type ServedModelAnswer, versionContract } from "./health-schema.ts";
import { sendAnswer } from "./read-request.ts";

export const health = new Hono<AppEnv>()
  .get(healthContract.path, async (c) => {
    await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
    const models = modelHost.serving;
    const notices = rememberedRegistryState()?.notices ?? [];
    const loaded = models.byAlias.champion !== undefined;
    const fine = loaded && models.runtimeError === undefined && modelHost.refusals.length === 0;
    const body: AnswerOf<typeof healthContract> = {
      status: fine ? "healthy" : "degraded",
      timestamp: new Date().toISOString(),
      model_loaded: loaded,
      kafka_connected: false,
      models: Object.fromEntries(ALIASES.map((alias) => [alias, describe(models.byAlias[alias])])),
      model_swaps: modelHost.swapCount,
      refused_artifacts: modelHost.refusals.map(({ atMs, ...rest }) => ({ ...rest, at: new Date(atMs).toISOString() })),
      runtime_error: models.runtimeError ?? null,
      notices: notices.map(({ atMs, ...rest }) => ({ ...rest, at: new Date(atMs).toISOString() })),
    };
    return sendAnswer(c, healthContract, body, loaded ? {} : { status: 503 });
  })
  .get(versionContract.path, async (c) => {
    await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
    const { champion } = modelHost.serving.byAlias;
    return sendAnswer(c, versionContract, {
      model: champion?.manifest.name ?? null,
      sha: champion?.manifest.codeCommit ?? null,
      version: champion?.manifest.version ?? null,
      model_variant: champion === undefined ? null : "ml",
      model_path: champion === undefined ? null : `models/${champion.manifest.onnxSha256}/model.onnx`,
    });
  });

function describe(scorer: Scorer | undefined): ServedModelAnswer | null {
  if (scorer === undefined) return null;
  const { name, version, family, row, onnxSha256 } = scorer.manifest;
  return { name, version, family, row, sha256: onnxSha256, sealed: scorer.sealed };
}
