// A further grid whose windows were filled from the archive: a restart before the next snapshot changes nothing.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, it } from "vitest";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { handMade, PASSED, publish } from "../worker/artifacts.ts";
import { fetchJson, ingest, postJson, stubOf } from "../worker/gateway.ts";
import { market } from "../worker/market.ts";

const SYMBOL = "FILLED";
const LABEL = { ...DEFAULT_LABEL_SPEC, windowSteps: 60, minCount: 20, horizonSteps: 6 };
/** An hour and a half, a tick every 2.5 s. */
const TICKS = market(SYMBOL, 2160, { everyMs: 2500 });

function gridNow() {
  return runInDurableObject(stubOf(SYMBOL), async (instance: SymbolObject) => {
    await instance.predict("10s");
    const { engine, evaluation } = instance.live!.grids.get("10s")!;
    return {
      state: [...new Uint8Array(engine.features.save())].join(),
      quality: { ...evaluation.monitor.quality.stats },
      predictions: engine.predictions?.figures(engine.features.watermarkMs),
      lacksHistory: engine.lacksHistory,
    };
  });
}

beforeAll(async () => {
  const hashes = await schemaHashes({ grid: gridConfig(10_000), label: LABEL });
  const sha256 = await publish(
    await handMade("sigma", { schemaHash: hashes["default-1"], label: LABEL, gate: PASSED }, "10 s"),
  );
  await fetchJson("/admin/aliases/champion?grid=10s", { method: "PUT", body: JSON.stringify({ sha256 }) });
  await ingest(TICKS.slice(0, 1900));
  await postJson(`/admin/symbols/${SYMBOL}/recreate`, { by: "a test", reason: "reads its archive" });
  // Its archive cannot be read at first: a batch comes before the grid has its windows.
  await runInDurableObject(stubOf(SYMBOL), (instance: SymbolObject) => {
    Object.assign(instance.access.missingHistory, { failedMs: Date.now() });
  });
  await ingest(TICKS.slice(1900, 1920));
  await runInDurableObject(stubOf(SYMBOL), (instance: SymbolObject) => {
    Object.assign(instance.access.missingHistory, { failedMs: -Infinity });
  });
});

it("has the same windows, quality and predictions after a restart", async () => {
  for (let from = 1920; from < 2100; from += 20) await ingest(TICKS.slice(from, from + 20));
  const before = await gridNow();
  await evictDurableObject(stubOf(SYMBOL));
  const after = await gridNow();
  expect(before.lacksHistory).toBe(false);
  expect(before.quality.resolved).toBeGreaterThan(30);
  expect(after).toEqual(before);
});

it("says what history it began with, and still does after a restart", async () => {
  const warmOf = async (grid: string) => (await fetchJson(`/symbols/${SYMBOL}?grid=${grid}`)).body.warm;
  const own = await warmOf("1s");
  const further = await warmOf("10s");
  expect(own).toMatchObject({ source: "archive", ticks: 1900 });
  expect(further).toEqual({ ...own, steps: 474 });
  expect((await fetchJson(`/predict?symbol=${SYMBOL}&grid=10s`)).body.warm).toEqual({ source: "archive", steps: 474 });
  await evictDurableObject(stubOf(SYMBOL));
  expect(await warmOf("10s")).toEqual(further);
});
