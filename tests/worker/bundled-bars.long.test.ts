// A gateway with STEP_MS=60000 and an empty bucket: the bundled models for bars of one minute serve.
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { BUNDLED, BUNDLED_BARS, bundledArtifact } from "../../src/model/bundled.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { handMade, publish } from "./artifacts.ts";
import { type Answer, fetchWith, stubOf } from "./gateway.ts";
import { registryStub } from "./gated-models.ts";
import { minuteBars, TICKS_PER_BAR } from "./minute-bars.ts";
import { market, WARM_TICKS } from "./market.ts";

const BARS = { STEP_MS: "60000" };
const DAY = 1440;
const LABEL = parseManifest(bundledArtifact(BUNDLED_BARS.champion)!.manifest).label;

const ask = (path: string, init?: RequestInit): Promise<Answer> => fetchWith(BARS, path, init);

/** The objects' own variables; the Worker's come with each request. */
async function bind(symbol: string, variables: object): Promise<void> {
  await runInDurableObject(stubOf(symbol), (instance) => {
    Object.assign(instance, { env: { ...env, ...variables } });
  });
}

async function send(messages: readonly object[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 2000) {
    const body = JSON.stringify(messages.slice(from, from + 2000));
    expect((await ask("/ingest", { method: "POST", body })).status).toBe(200);
  }
}

async function predict(symbol: string): Promise<Answer["body"]> {
  // Longer than the isolate keeps an answer.
  await scheduler.wait(260);
  return (await ask(`/predict?symbol=${symbol}`)).body;
}

/** The registry's own variables, which are the Worker's in a deployment. */
async function bindRegistry(): Promise<void> {
  await runInDurableObject(registryStub(), (registry) => {
    const { state } = registry as unknown as { state: object };
    Object.assign(state, { env: { ...env, ...BARS } });
  });
}

describe("the bundled sets", () => {
  it.each([
    ["1 s", gridConfig(1000), BUNDLED, "simulated"],
    ["60 s", gridConfig(60_000), BUNDLED_BARS, "recorded"],
  ] as const)("that of %s is made for its grid, and says what it was trained on", async (_, grid, set, evidence) => {
    const hashes = await schemaHashes({ grid, label: parseManifest(bundledArtifact(set.champion)!.manifest).label });
    for (const sha256 of Object.values(set)) {
      const manifest = parseManifest(bundledArtifact(sha256)!.manifest);
      expect(manifest).toMatchObject({ onnxSha256: sha256, evidence, schemaHash: hashes[manifest.row] });
    }
  });

  it("has a champion for bars that passed its gate, with its figures", () => {
    const { gate, evaluation } = parseManifest(bundledArtifact(BUNDLED_BARS.champion)!.manifest);
    expect(gate).toMatchObject({ verdict: "passed", reasons: [] });
    expect(evaluation!.prAuc!.low).toBeGreaterThan(evaluation!.baseRate);
  });
});

describe("a fresh gateway of one-minute bars", () => {
  const bars = minuteBars("BAR", 4 * DAY);
  let health: Answer;

  beforeAll(async () => {
    await bind("BAR", BARS);
    await bindRegistry();
    health = await ask("/health");
  });

  it("serves the bundled models of its grid, and says what they were trained on", () => {
    expect(health.body).toMatchObject({ model_loaded: true, refused_artifacts: [] });
    expect(health.body.models).toMatchObject({
      champion: { sha256: BUNDLED_BARS.champion, evidence: "recorded", stand_in: false },
      persistence: { sha256: BUNDLED_BARS.persistence },
    });
  });

  it("gives a new symbol the label of the bundled champion, and predicts once its window has enough", async () => {
    expect(LABEL).toMatchObject({ measure: "parkinson", horizonSteps: 1, windowSteps: DAY });
    await send(bars.slice(0, (LABEL.minCount - 10) * TICKS_PER_BAR));
    const early = await predict("BAR");
    expect(early).toMatchObject({ probability: null, warming_up: true, horizon_s: 60 });
    expect(early.missing[0]).toMatch(new RegExp(`^threshold_values: \\d+ of ${LABEL.minCount}$`));
    await send(bars.slice((LABEL.minCount - 10) * TICKS_PER_BAR, (LABEL.minCount + 50) * TICKS_PER_BAR));
    expect(await predict("BAR")).toMatchObject({
      probability: expect.any(Number),
      model: { sha256: BUNDLED_BARS.champion, evidence: "recorded" },
      stand_in: false,
    });
    const { body } = await ask("/symbols/BAR");
    expect(body).toMatchObject({ labels: [LABEL], step_ms: 60_000, model: { evidence: "recorded" } });
  });

  it("ranks spikes of simulated bars better than chance, also after a restart", async () => {
    await send(bars.slice((LABEL.minCount + 50) * TICKS_PER_BAR));
    const before = await predict("BAR");
    await evictDurableObject(stubOf("BAR"));
    await bind("BAR", BARS);
    expect((await predict("BAR")).probability).toBe(before.probability);
    const { labels } = (await ask("/symbols/BAR/quality?window=30d")).body;
    const champion = labels[0].models.find((one: Answer["body"]) => one.model.sha256 === BUNDLED_BARS.champion);
    expect(champion.resolved).toBeGreaterThan(2.5 * DAY);
    expect(champion.pr_auc.value).toBeGreaterThan(1.5 * champion.base_rate);
  });

  it("gives the champion back to the bundled model of its grid", async () => {
    const schemaHash = (await schemaHashes({ grid: gridConfig(60_000), label: LABEL }))["default-1"];
    const sha256 = await publish(await handMade("sigma", { schemaHash, label: LABEL }, "own bars"));
    const put = { method: "PUT", body: JSON.stringify({ sha256 }) };
    expect((await ask("/admin/aliases/champion", put)).body).toMatchObject({ sha256, serving: true });
    expect((await predict("BAR")).model).toMatchObject({ sha256 });
    const removed = await ask("/admin/aliases/champion", { method: "DELETE" });
    expect(removed.body).toEqual({ alias: "champion", sha256: BUNDLED_BARS.champion });
    expect((await ask("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED_BARS, predecessor: sha256 });
    expect((await predict("BAR")).model).toMatchObject({ sha256: BUNDLED_BARS.champion });
    const toSeconds = { method: "PUT", body: JSON.stringify({ sha256: BUNDLED.champion }) };
    expect((await ask("/admin/aliases/champion", toSeconds)).body.code).toBe("artifact_schema_mismatch");
  });

  it("goes on predicting for a symbol of one-second steps by the bundled models of those", async () => {
    // Made before STEP_MS was changed. This isolate's champion is for bars already, so its label is named.
    await bind("SECONDS", { LABEL: "{}" });
    await send(market("SECONDS", WARM_TICKS));
    await bind("SECONDS", BARS);
    const expected = { model: { sha256: BUNDLED.champion, evidence: "simulated" }, horizon_s: 60 };
    expect(await predict("SECONDS")).toMatchObject({ ...expected, stand_in: false, probability: expect.any(Number) });
    expect((await ask("/symbols/SECONDS")).body).toMatchObject({ step_ms: 1000 });
    // The sums over the symbols are of the gateway's champion.
    const { symbols } = (await ask("/metrics/live-performance")).body;
    expect(symbols).toContainEqual(
      expect.objectContaining({ symbol: "SECONDS", included: false, reason: "its grid has models of its own" }),
    );
    expect(symbols).toContainEqual(expect.objectContaining({ symbol: "BAR", included: true }));
    // A champion for bars is none of theirs.
    const schemaHash = (await schemaHashes({ grid: gridConfig(60_000), label: LABEL }))["default-1"];
    const sha256 = await publish(await handMade("sigma", { schemaHash, label: LABEL }, "bars beside seconds"));
    await ask("/admin/aliases/champion", { method: "PUT", body: JSON.stringify({ sha256 }) });
    expect((await predict("BAR")).model).toMatchObject({ sha256 });
    await send(market("SECONDS", WARM_TICKS + 60).slice(WARM_TICKS));
    expect(await predict("SECONDS")).toMatchObject({ ...expected, stand_in: true, probability: expect.any(Number) });
  });
});
