// GET /v2 and what is below it but inference: the server, its health, its models, and the index of the repository.
import { type Context, Hono } from "hono";
import build from "../../dist/build.json" with { type: "json" };
import { statedEvidence } from "../model/manifest.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf } from "./contract.ts";
import { currentHealth } from "./current-health.ts";
import { everyPlace, type FoundModel, modelOf, placeOf } from "./find-model.ts";
import { namedVersions } from "./inference-models.ts";
import {
  modelContract,
  modelReadyContract,
  modelVersionContract,
  repositoryIndexContract,
  serverContract,
  serverLiveContract,
  serverReadyContract,
  versionReadyContract,
} from "./inference-schema.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";

const EXTENSIONS = ["binary_tensor_data", "model_repository(index)"];

export const inferenceMetadata = new Hono<AppEnv>()
  .get(serverContract.path, (c) =>
    sendAnswer(c, serverContract, { name: "volgate", version: build.version, extensions: EXTENSIONS }),
  )
  .get(serverLiveContract.path, (c) => sendAnswer(c, serverLiveContract, { live: true }))
  .get(serverReadyContract.path, async (c) => {
    const { ready, reasons } = await currentHealth(c);
    if (ready) return sendAnswer(c, serverReadyContract, { live: true, ready });
    throw new Problem("not_ready", `not ready: ${reasons.map(({ code }) => code).join(", ")}: see /health`);
  })
  .get(modelContract.path, async (c) => {
    const { model } = (await readRequest(c, modelContract)).params;
    return sendAnswer(c, modelContract, describe(model, await find(c, model)));
  })
  .get(modelVersionContract.path, async (c) => {
    const { model, version } = (await readRequest(c, modelVersionContract)).params;
    return sendAnswer(c, modelVersionContract, describe(model, await find(c, model, version)));
  })
  .get(modelReadyContract.path, async (c) => {
    const { model } = (await readRequest(c, modelReadyContract)).params;
    await find(c, model);
    return sendAnswer(c, modelReadyContract, { name: model, ready: true });
  })
  .get(versionReadyContract.path, async (c) => {
    const { model, version } = (await readRequest(c, versionReadyContract)).params;
    await find(c, model, version);
    return sendAnswer(c, versionReadyContract, { name: model, ready: true });
  })
  .post(repositoryIndexContract.path, async (c) => {
    const { ready } = (await readRequest(c, repositoryIndexContract)).body;
    const listed = (await everyPlace(c)).flatMap(({ host, suffix }) =>
      [...namedVersions(host.serving, host.refusals)].flatMap(([name, versions]) =>
        versions.map(({ version, scorer, reason }) => {
          const state: IndexEntry["state"] = scorer === undefined ? "UNAVAILABLE" : "READY";
          return { name: name + suffix, version, state, reason };
        }),
      ),
    );
    const asked = ready ? listed.filter(({ state }) => state === "READY") : listed;
    return sendAnswer(c, repositoryIndexContract, asked);
  });

type IndexEntry = AnswerOf<typeof repositoryIndexContract>[number];

async function find(c: Context<AppEnv>, model: string, version?: string): Promise<FoundModel> {
  return modelOf(await placeOf(c, model), version);
}

/** @param asked the name as the request has it. */
function describe(asked: string, { scorer, versions, standIn }: FoundModel): AnswerOf<typeof modelContract> {
  const { manifest } = scorer;
  const outputs = manifest.sigmaOutput === undefined ? [manifest.output] : [manifest.output, manifest.sigmaOutput];
  return {
    name: asked,
    versions,
    platform: "onnx_onnxv1",
    inputs: [{ name: manifest.input, datatype: "FP32", shape: [-1, scorer.columns.length] }],
    outputs: outputs.map((name) => ({ name, datatype: "FP32", shape: [-1, 1] })),
    properties: {
      features: manifest.features.join(","),
      row: manifest.row,
      model: manifest.name,
      model_version: manifest.version,
      family: manifest.family,
      threshold: String(manifest.threshold),
      horizon_steps: String(manifest.label.horizonSteps),
      evidence: statedEvidence(manifest),
      stand_in: String(standIn),
    },
  };
}
