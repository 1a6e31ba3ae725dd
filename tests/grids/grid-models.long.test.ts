// Models, quality and metrics by grid: each further grid has aliases, labels and figures of its own.
import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { BUNDLED, BUNDLED_BARS } from "../../src/model/bundled.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { handMade, PASSED, publish } from "../worker/artifacts.ts";
import { fetchJson, ingest, metric, postJson, stubOf } from "../worker/gateway.ts";
import { market } from "../worker/market.ts";

/** What vitest.config.ts gives the grid of 10 s. */
const LABEL = { ...DEFAULT_LABEL_SPEC, windowSteps: 60, minCount: 20, horizonSteps: 6 };
/** An hour, a tick every 2.5 s. */
const TICKS = (symbol: string) => market(symbol, 1440, { everyMs: 2500 });

const ask = async (path: string) => (await fetchJson(path)).body;
const put = (path: string, body: unknown) => fetchJson(path, { method: "PUT", body: JSON.stringify(body) });

async function modelOf10s(note: string, changes: Record<string, unknown> = {}): Promise<string> {
  const hashes = await schemaHashes({ grid: gridConfig(10_000), label: LABEL });
  const own = { schemaHash: hashes["default-1"], label: LABEL, gate: PASSED, ...changes };
  return await publish(await handMade("sigma", own, note));
}

describe("the models of a further grid", () => {
  let champion: string;

  beforeAll(async () => {
    champion = await modelOf10s("first of 10 s");
    await ingest(TICKS("TEN").slice(0, 1000));
  });

  it("have a registry of their own, which a promotion on the grid changes alone", async () => {
    expect((await ask("/admin/aliases?grid=60s")).aliases).toMatchObject({ champion: BUNDLED_BARS.champion });
    const given = await put("/admin/aliases/champion?grid=10s", { sha256: champion });
    expect(given.body).toMatchObject({ alias: "champion", sha256: champion, serving: true });
    expect((await ask("/admin/aliases?grid=10s")).aliases.champion).toBe(champion);
    expect((await ask("/admin/aliases")).aliases.champion).toBe(BUNDLED.champion);
    expect((await ask("/admin/aliases?grid=1s")).aliases.champion).toBe(BUNDLED.champion);
    expect((await ask("/admin/history?grid=10s")).history).toContainEqual(
      expect.objectContaining({ alias: "champion", to: champion }),
    );
    expect((await ask("/admin/history")).count).toBe(0);
  });

  it("are refused where they are made for another grid", async () => {
    for (const path of ["/admin/aliases/champion", "/admin/aliases/champion?grid=60s"]) {
      expect((await put(path, { sha256: champion })).body).toMatchObject({
        status: 409,
        code: "artifact_schema_mismatch",
      });
    }
    for (const path of ["/admin/aliases?grid=7s", "/admin/history?grid=7s", "/admin/experiment?grid=7s"]) {
      expect(await ask(path)).toMatchObject({ status: 400, code: "unknown_grid" });
    }
  });

  it("answer for their grid, and get labels, quality and feedback there", async () => {
    await put("/admin/aliases/champion?grid=10s", { sha256: champion });
    await ingest(TICKS("TEN").slice(1000));
    const prediction = await ask("/predict?symbol=TEN&grid=10s");
    const step = prediction.ts / 10_000 - 1;
    expect(prediction).toMatchObject({
      prediction_id: `TEN:${step}:${champion.slice(0, 12)}`,
      probability: expect.any(Number),
      horizon_s: 60,
      model: { sha256: champion },
    });
    const quality = await ask("/symbols/TEN/quality?grid=10s&window=1h");
    expect(quality).toMatchObject({ step_ms: 10_000, tau_bps: prediction.tau_bps });
    // The steps that closed since the model serves; the last 6 await their label.
    const [{ models, scored_steps: scored, pending }] = quality.labels;
    expect({ scored, pending, sha256: models[0].model.sha256 }).toEqual({ scored: 110, pending: 6, sha256: champion });
    const own = await ask("/symbols/TEN/quality?window=1h");
    expect(own.step_ms).toBe(1000);
    expect(own.labels[0].models.map(({ model }: { model: { sha256: string } }) => model.sha256)).not.toContain(
      champion,
    );
    const told = await postJson("/feedback", { prediction_id: prediction.prediction_id, label: 1 });
    expect(told.body).toMatchObject({ accepted: 1 });
    expect((await ask("/symbols/TEN/quality?grid=10s")).feedback).toMatchObject([{ model: { sha256: champion } }]);
    expect((await ask("/symbols/TEN/quality")).feedback).toEqual([]);
    const again = await postJson("/feedback", { prediction_id: prediction.prediction_id, label: 1 });
    expect(again.body).toMatchObject({ accepted: 0, duplicate: 1 });
  });

  it("have a state, drift and sums over symbols of their own", async () => {
    expect(await ask("/symbols/TEN?grid=10s")).toMatchObject({ step_ms: 10_000, steps_closed: 359, labels: [LABEL] });
    expect(await ask("/symbols/TEN")).toMatchObject({ step_ms: 1000 });
    expect(await ask("/symbols/TEN/drift?grid=10s")).toMatchObject({
      windows: { "24h": { verdict: "none" } },
      concept: { events: [] },
    });
    expect(await ask("/metrics/live-performance?grid=10s&window=1h")).toMatchObject({
      status: "success",
      model_sha256: champion,
      sample_count: 104,
      symbols: [{ symbol: "TEN", included: true }],
    });
    expect(await ask("/metrics/live-performance")).toMatchObject({ model_sha256: BUNDLED.champion });
    for (const path of ["/symbols/TEN", "/symbols/TEN/quality", "/symbols/TEN/drift", "/metrics/live-performance"]) {
      expect(await ask(`${path}?grid=9s`)).toMatchObject({ status: 400, code: "unknown_grid" });
    }
  });

  it("have metrics with the label grid, beside those of the default grid without it", async () => {
    const { body } = await fetchJson("/metrics");
    const lines = (body as string).split("\n").filter((line) => line.startsWith("volgate_steps_closed_total{"));
    expect(lines.map((line) => line.slice(0, line.indexOf("}") + 1))).toEqual([
      'volgate_steps_closed_total{symbol="TEN"}',
      'volgate_steps_closed_total{symbol="TEN",grid="60s"}',
      'volgate_steps_closed_total{symbol="TEN",grid="10s"}',
      'volgate_steps_closed_total{symbol="TEN",grid="1s-h10s"}',
    ]);
    expect(await metric("volgate_resolved", { symbol: "TEN", grid: "10s", alias: "champion", window: "1h" })).toBe(104);
    expect((body as string).match(/volgate_batches_total\{/g)).toHaveLength(1);
  });

  it("come back after a restart with their quality and feedback", async () => {
    const [before, other] = [await ask("/symbols/TEN/quality?grid=10s"), await ask("/symbols/TEN/quality?grid=60s")];
    await evictDurableObject(stubOf("TEN"));
    expect(await ask("/symbols/TEN/quality?grid=10s")).toEqual(before);
    expect(await ask("/symbols/TEN/quality?grid=60s")).toEqual(other);
  });

  it("are compared in an experiment of their grid, and rolled back there", async () => {
    const challenger = await modelOf10s("second of 10 s");
    expect((await put("/admin/aliases/challenger?grid=10s", { sha256: challenger, mode: "shadow" })).status).toBe(200);
    await ingest(market("TEN", 400, { everyMs: 2500, fromMs: TICKS("TEN").at(-1)!.ts + 2500 - 137, seed: 9 }));
    const report = await ask("/admin/experiment?grid=10s");
    expect(report).toMatchObject({
      experiment: { champion, challenger },
      code: "wait",
      comparison: { symbols: [{ symbol: "TEN", answered: { champion: 100, challenger: 0 } }] },
    });
    expect(await ask("/admin/experiment")).toMatchObject({ experiment: null, code: "no_experiment" });
    const evaluated = await postJson("/admin/experiment/evaluate?grid=10s", {});
    expect(evaluated.body).toMatchObject({ promoted: false, code: "wait" });
    const forced = { force: { by: "a test", reason: "it is one" } };
    const promoted = await postJson("/admin/experiment/promote?grid=10s", { ...forced.force, force: true });
    expect(promoted.body).toMatchObject({ sha256: challenger, serving: true });
    const back = await postJson("/admin/rollback?grid=10s", { by: "a test", reason: "back" });
    expect(back.body).toMatchObject({ sha256: champion, serving: true });
    expect((await ask("/admin/history")).count).toBe(0);
  });
});
