import { env } from "cloudflare:workers";
// A gateway on a grid for which no models are bundled (STEP_MS and LABEL), from the first request of its isolate on.
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { type Env, parseSettings } from "../../src/settings.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { ALIASES } from "../../src/model/model-host.ts";
import { handMade, publish } from "./artifacts.ts";
import { type Answer, fetchWith, stubOf } from "./gateway.ts";
import { market } from "./market.ts";

const BARS = { measure: "parkinson", horizonSteps: 1, windowSteps: 120, minCount: 30 } as const;
const LABEL = { ...DEFAULT_LABEL_SPEC, ...BARS };
const VARIABLES = { STEP_MS: "300000", LABEL: JSON.stringify(BARS) };
/** 100 steps, four ticks in each. */
const TICKS = market("BAR", 400, { everyMs: 75_000 });

const ask = (path: string, init?: RequestInit): Promise<Answer> => fetchWith(VARIABLES, path, init);
const ingestBars = (ticks: unknown) => ask("/ingest", { method: "POST", body: JSON.stringify(ticks) });
const promote = (sha256: string) => ask("/admin/aliases/champion", { method: "PUT", body: JSON.stringify({ sha256 }) });

/** The object's own variables; the Worker's come with each request. */
async function bindObject(symbol: string): Promise<void> {
  await runInDurableObject(stubOf(symbol), (instance) => {
    Object.assign(instance, { env: { ...env, ...VARIABLES } });
  });
}

describe("a gateway of bars of five minutes", () => {
  let health: Answer;
  let taken: Answer;
  let predicted: Answer;
  let state: Answer;

  beforeAll(async () => {
    // The first requests of the isolate, before a test publishes a model.
    await bindObject("BAR");
    health = await ask("/health");
    taken = await ingestBars(TICKS);
    predicted = await ask("/predict?symbol=BAR");
    state = await ask("/symbols/BAR");
  });

  it("with nothing published takes ticks, gives no prediction, and says what is missing", () => {
    expect(health.status).toBe(503);
    expect(health.body).toMatchObject({ status: "degraded", model_loaded: false, runtime_error: null });
    for (const alias of ALIASES) expect(health.body.models[alias]).toBeNull();
    expect(health.body.refused_artifacts).toHaveLength(Object.keys(BUNDLED).length);
    for (const refusal of health.body.refused_artifacts) {
      expect(refusal).toMatchObject({
        code: "schema_mismatch",
        message: expect.stringMatching(
          /made for another grid \(step, price source\).* than this gateway's\. Models are bundled for steps of 1 s of the last price and 60 s of the last price; /,
        ),
      });
    }
    expect(taken.body).toMatchObject({ accepted: TICKS.length, rejected: 0 });
    expect(predicted.status).toBe(200);
    expect(predicted.body).toMatchObject({
      probability: null,
      threshold: null,
      alert: null,
      sigma_bps: null,
      tau_bps: expect.any(Number),
      horizon_s: 300,
      model: null,
      warming_up: false,
      missing: ["no_model: no usable artifact holds the alias champion, see /health"],
    });
    expect(state.body).toMatchObject({ step_ms: 300_000, steps_closed: 99, labels: [LABEL] });
  });

  it("refuses a model of another grid, and serves a published one of its own", async () => {
    const foreign = await publish(await handMade("sigma"));
    expect((await promote(foreign)).body).toMatchObject({ status: 409, code: "artifact_schema_mismatch" });
    const hashes = await schemaHashes({ grid: gridConfig(300_000), label: LABEL });
    const sha256 = await publish(await handMade("sigma", { schemaHash: hashes["default-1"], label: LABEL }, "300 s"));
    expect((await promote(sha256)).body).toMatchObject({ sha256, serving: true });
    expect((await ask("/health")).body).toMatchObject({ model_loaded: true, models: { champion: { sha256 } } });
    await scheduler.wait(260);
    const { body } = await ask("/predict?symbol=BAR");
    const { probability, sigma_bps, tau_bps, baselines } = body;
    expect(body).toMatchObject({ horizon_s: 300, model: { sha256 }, warming_up: false, alert: null, expired: true });
    expect(probability).toBeGreaterThan(0);
    expect(sigma_bps / ((tau_bps * probability) / (1 - probability))).toBeCloseTo(1, 5);
    expect(baselines).toEqual({ zscore: null, persistence: null, "threshold-only": null, reference: null });
  });

  it("serves a model of default-2 made for its horizon, and refuses one made for another", async () => {
    const hashesOf = async (horizonSteps: number) =>
      (await schemaHashes({ grid: gridConfig(300_000), label: { ...LABEL, horizonSteps } }))["default-2"];
    const model = { row: "default-2", features: ["ewma_rv_h5_over_tau"], label: LABEL };
    const other = await publish(await handMade("sigma", { ...model, schemaHash: await hashesOf(5) }, "5 bars"));
    expect((await promote(other)).body).toMatchObject({ status: 409, code: "artifact_schema_mismatch" });
    const own = await publish(await handMade("sigma", { ...model, schemaHash: await hashesOf(1) }, "1 bar"));
    expect((await promote(own)).body).toMatchObject({ sha256: own, serving: true });
    await scheduler.wait(260);
    const { body } = await ask("/predict?symbol=BAR");
    expect(body).toMatchObject({ model: { sha256: own }, probability: expect.any(Number) });
    expect(body.probability).toBeGreaterThan(0);
  });

  it("makes a symbol's ring for the configured label, not for its champion's", async () => {
    const hashes = await schemaHashes({ grid: gridConfig(300_000), label: LABEL });
    const short = { ...LABEL, windowSteps: 40 };
    const schemaHash = hashes["default-1"];
    await promote(await publish(await handMade("sigma", { schemaHash, label: short }, "short")));
    await bindObject("BAR-2");
    await ingestBars(market("BAR-2", 400, { everyMs: 75_000 }));
    expect((await ask("/symbols/BAR-2")).body.labels).toEqual([short]);
    await promote(await publish(await handMade("sigma", { schemaHash, label: LABEL }, "wide")));
    await scheduler.wait(260);
    expect((await ask("/predict?symbol=BAR-2")).body).toMatchObject({
      probability: expect.any(Number),
      model: { version: "wide" },
    });
    expect((await ask("/symbols/BAR-2")).body.labels).toEqual([LABEL]);
  });

  it("is healthy with a champion that brings its own baselines, which are scored", async () => {
    const hashes = await schemaHashes({ grid: gridConfig(300_000), label: LABEL });
    const own = { schemaHash: hashes["default-1"], label: LABEL };
    const peer = { row: "peer-10", features: ["spread_mean_60s"], schemaHash: hashes["peer-10"], label: LABEL };
    const rows = await publish(await handMade("good", peer, "bars rows"));
    const persistence = await publish(await handMade("good", own, "bars persistence"));
    const thresholdOnly = await publish(await handMade("good", own, "bars threshold"));
    const set = { rows, zscore: rows, persistence, "threshold-only": thresholdOnly };
    const sha256 = await publish(await handMade("sigma", { ...own, set }, "bars champion"));
    expect((await promote(sha256)).body).toMatchObject({ serving: true, set });
    expect((await ask("/health")).body).toMatchObject({ status: "healthy", refused_artifacts: [] });
    await scheduler.wait(260);
    const { body } = await ask("/predict?symbol=BAR");
    expect(body).toMatchObject({
      model: { sha256 },
      baselines: { persistence: 0.5, "threshold-only": 0.5, reference: 0.5 },
    });
    const { status } = await ask("/predict", {
      method: "POST",
      body: JSON.stringify({ rows: [{ ret_mean: 0, ret_std: 0, n: 1 }] }),
    });
    expect(status).toBe(200);
    await ask("/admin/aliases/champion", { method: "DELETE" });
  });
});

describe("the variable LABEL", () => {
  const parse = (variables: Partial<Env>) => parseSettings(variables as Env);

  it("is put over the default label, of the grid's price source", () => {
    expect(parse({}).engine.label).toEqual(DEFAULT_LABEL_SPEC);
    expect(parse({ LABEL: " " })).toMatchObject({ labelGiven: false, engine: { label: DEFAULT_LABEL_SPEC } });
    expect(parse({ LABEL: "{}" })).toMatchObject({ labelGiven: true, engine: { label: DEFAULT_LABEL_SPEC } });
    const mid = parse({ LABEL: '{"quantile":0.5}', PRICE_SOURCE: "mid" }).engine;
    expect(mid.label).toEqual({ ...DEFAULT_LABEL_SPEC, source: "mid", quantile: 0.5 });
    expect(parse(VARIABLES).engine).toEqual({ grid: gridConfig(300_000), label: LABEL });
  });

  it.each([
    ["{", /^LABEL: got "\{", expected JSON of a label spec$/],
    ["5", /^LABEL: got 5, expected an object$/],
    ["[]", /^LABEL: got a list, expected an object$/],
    ["null", /^LABEL: got null, expected an object$/],
    ['{"horizon":1}', /^LABEL\.horizon: got an unknown field, expected some of kind, source, /],
    ['{"quantile":2}', /^LABEL\.quantile: got 2, expected a number from 0 to 1$/],
    ['{"windowSteps":60,"minCount":900}', /^LABEL\.minCount: got 900, expected at most windowSteps 60$/],
    ['{"kind":"ratio"}', /^LABEL\.ratio: got nothing, expected a number from 0 to 1000000$/],
    ['{"source":"mid"}', /^LABEL\.source: got mid, expected last, the price source of the grid$/],
  ])("is refused as %s, naming the field", (text, message) => {
    expect(() => parse({ LABEL: text })).toThrow(message);
    expect(() => parse({ LABEL: text })).toThrow(SettingsError);
  });
});
