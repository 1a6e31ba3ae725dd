// GET /health and /version: whether the gateway can answer, with which models, and what an operator should look at.
import { Hono } from "hono";
import build from "../../dist/build.json" with { type: "json" };
import { modelsReady } from "../model-refresh.ts";
import { statedEvidence } from "../model/manifest.ts";
import { type Alias, ALIASES, modelHost, type ServedModels } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf } from "./contract.ts";
import { currentHealth } from "./current-health.ts";
import {
  healthContract,
  liveContract,
  readyContract,
  type ServedModelAnswer,
  versionContract,
} from "./health-schema.ts";
import { healthShape } from "./health-shape.ts";
import { gridNamesOf, settingsOf } from "../settings.ts";
import { sendAnswer } from "./read-request.ts";

export const health = new Hono<AppEnv>()
  .get(liveContract.path, (c) => sendAnswer(c, liveContract, { status: "alive" }))
  .get(readyContract.path, async (c) => {
    const { ready, reasons } = await currentHealth(c);
    const body = { ready, reasons: reasons.map(({ code }) => code) };
    return sendAnswer(c, readyContract, body, ready ? {} : { status: 503 });
  })
  .get(healthContract.path, async (c) => {
    const { isolates, ...found } = await currentHealth(c);
    const models = modelHost.serving;
    const loaded = models.byAlias.champion !== undefined;
    const body: AnswerOf<typeof healthContract> = {
      ...healthShape(c.env, found),
      timestamp: new Date().toISOString(),
      model_loaded: loaded,
      kafka_connected: false,
      models: Object.fromEntries(ALIASES.map((alias) => [alias, describe(models, alias)])),
      model_swaps: modelHost.swapCount,
      isolates,
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
      grids: gridNamesOf(c.env),
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
