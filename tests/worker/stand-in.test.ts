// A new isolate that cannot read the registry, from its first request on.
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { RegistryObject } from "../../src/durable/registry/object.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { modelHost } from "../../src/model/model-host.ts";
import type { Env } from "../../src/settings.ts";
import { publish, variantOf } from "./artifacts.ts";
import {
  type Answer,
  fetchJson,
  fetchWith,
  ingest,
  ingestAs,
  metric,
  postJson,
  predictFresh,
  stubOf,
} from "./gateway.ts";
import { WARM_TICKS, market, tick } from "./market.ts";

const broken = { idFromName: () => "registry", get: () => ({ fetch: () => Promise.reject(new Error("gone")) }) };
const WITHOUT_REGISTRY = { REGISTRY: broken as unknown as Env["REGISTRY"] };

/** As in a new isolate that cannot read the registry. */
async function forgetAliases(): Promise<void> {
  const store = r2ArtifactStore(env.BUCKET);
  await modelHost.update(
    {},
    { store, grid: DEFAULT_ENGINE_CONFIG.grid, nowMs: Date.now(), aliasesKnown: false, bundled: BUNDLED },
  );
}

/** Until it is called, the isolate cannot learn the aliases in the background either, however slow the test is. */
function takeRegistryAway(): () => void {
  const { snapshot } = RegistryObject.prototype;
  const bringBack = () => void (RegistryObject.prototype.snapshot = snapshot);
  RegistryObject.prototype.snapshot = () => {
    throw new Error("gone");
  };
  onTestFinished(bringBack);
  return bringBack;
}

describe("a new isolate that cannot read the registry", () => {
  let sha256 = "";
  let label: Record<string, unknown> = {};
  let health: Answer;

  beforeAll(async () => {
    const bundled = await variantOf("champion", "wide");
    label = { ...(bundled.manifest["label"] as object), windowSteps: 2400, horizonSteps: 30 };
    sha256 = await publish(await variantOf("champion", "own", { label }));
    await registryOf(env).setAlias("champion", sha256);
    health = await fetchWith(WITHOUT_REGISTRY, "/health");
  });

  it("says in /health and /metrics that its models are stand-ins, and is not ready", async () => {
    expect(health.body).toMatchObject({ status: "degraded", ready: false, model_loaded: true });
    expect(health.body.models.champion).toMatchObject({ sha256: BUNDLED.champion, stand_in: true });
    expect(health.body.reasons).toContainEqual(
      expect.objectContaining({ code: "stand_in_model", subjects: expect.arrayContaining(["champion", "rows"]) }),
    );
    expect(health.body.reasons).toContainEqual(
      expect.objectContaining({ code: "registry_unavailable", message: "Error: gone", count: 1 }),
    );
    expect((await fetchWith(WITHOUT_REGISTRY, "/health/ready")).status).toBe(503);
    const inference = await fetchWith(WITHOUT_REGISTRY, "/v2/health/ready");
    expect([inference.status, inference.headers.get("X-Error-Code")]).toEqual([503, "not_ready"]);
    expect(inference.body).toEqual({ error: expect.stringMatching(/^not ready: .*stand_in_model.*: see \/health$/) });
    const { body } = await fetchWith(WITHOUT_REGISTRY, "/metrics");
    expect(body).toMatch(/^volgate_model_stand_in\{alias="champion"\} 1$/m);
    expect(body).toMatch(/^volgate_degraded\{reason="registry_unavailable"\} 1$/m);
  });

  it("creates no symbol, whose label ring could never be changed, until it knows the champion", async () => {
    const bringBack = takeRegistryAway();
    const { status, headers, body } = await ingestAs("p", 1, market("YOUNG", WARM_TICKS));
    expect([status, body.code, body.accepted]).toEqual([503, "champion_unknown", 0]);
    expect(headers.get("Retry-After")).toBe("1");
    expect((await postJson("/predict", { rows: [{ ret_mean: 0, ret_std: 0.1, n: 5 }] })).body.stand_in).toBe(true);
    bringBack();
    await updateModels(env);
    expect((await ingestAs("p", 1, market("YOUNG", WARM_TICKS))).body.accepted).toBe(WARM_TICKS);
    expect((await fetchJson("/symbols/YOUNG")).body.labels).toEqual([label]);
    const { body: prediction } = await predictFresh("YOUNG");
    expect(prediction).toMatchObject({ model: { sha256 }, stand_in: false });
    expect((await fetchJson("/health")).body).toMatchObject({ status: "healthy", ready: true, reasons: [] });
    expect(await metric("volgate_model_stand_in", { alias: "champion" })).toBe(0);
  });

  it("takes ticks of a symbol that exists, and says of its predictions that a stand-in made them", async () => {
    const bringBack = takeRegistryAway();
    await forgetAliases();
    expect((await ingest(tick("YOUNG", WARM_TICKS))).status).toBe(200);
    const { body } = await predictFresh("YOUNG");
    expect(body).toMatchObject({ stand_in: true, model: { sha256: BUNDLED.champion } });
    bringBack();
    await updateModels(env);
    expect((await predictFresh("YOUNG")).body).toMatchObject({ stand_in: false, model: { sha256 } });
  });

  it("creates symbols meanwhile where the deployment names their label", async () => {
    const bringBack = takeRegistryAway();
    await forgetAliases();
    const LABEL = JSON.stringify(label);
    await runInDurableObject(stubOf("NAMED"), (instance) => void Object.assign(instance, { env: { ...env, LABEL } }));
    expect((await ingest(tick("NAMED", 0))).status).toBe(200);
    bringBack();
    await updateModels(env);
  });
});
