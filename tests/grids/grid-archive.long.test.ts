// The archive of a gateway with further grids: ticks once, predictions of each grid, and windows from it.
import { env } from "cloudflare:workers";
import { parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { isBelowPredictions, parseArchiveKey } from "../../src/features/archive-key.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { schemaHashes } from "../../src/model/schema-hashes.ts";
import { handMade, PASSED, publish } from "../worker/artifacts.ts";
import { fetchJson, ingest, metric, postJson, predictFresh } from "../worker/gateway.ts";
import { market } from "../worker/market.ts";

const LABEL = { ...DEFAULT_LABEL_SPEC, windowSteps: 60, minCount: 20, horizonSteps: 6 };
/** An hour and a half, a tick every 2.5 s. */
const TICKS = (symbol: string) => market(symbol, 2160, { everyMs: 2500 });
const FOLDER = "predictions-by-grid/grid=10s/symbol=B/";

const ask = async (path: string) => (await fetchJson(path)).body;

async function rowsBelow(prefix: string): Promise<Record<string, unknown>[]> {
  const { objects } = await env.BUCKET.list({ prefix });
  const rows: Record<string, unknown>[] = [];
  for (const { key } of objects) {
    const file = await (await env.BUCKET.get(key))!.arrayBuffer();
    rows.push(...((await parquetReadObjects({ file })) as Record<string, unknown>[]));
  }
  return rows;
}

describe("the archive of a symbol with further grids", () => {
  let recreated: Awaited<ReturnType<typeof postJson>>;
  let before: Record<string, unknown>;
  let waiting: number;

  beforeAll(async () => {
    const hashes = await schemaHashes({ grid: gridConfig(10_000), label: LABEL });
    const model = { schemaHash: hashes["default-1"], label: LABEL, gate: PASSED };
    const sha256 = await publish(await handMade("sigma", model, "10 s"));
    await fetchJson("/admin/aliases/champion?grid=10s", { method: "PUT", body: JSON.stringify({ sha256 }) });
    for (const symbol of ["A", "B"]) await ingest(TICKS(symbol).slice(0, 1900));
    before = await ask("/predict?symbol=B&grid=10s");
    waiting = await metric("volgate_prediction_archive_lag_seconds", { symbol: "B", grid: "10s" });
    recreated = await postJson("/admin/symbols/B/recreate", { by: "a test", reason: "reads its archive" });
  });

  it("has the predictions of each grid in a folder of its own, with labels, and the ticks once", async () => {
    expect(recreated.status).toBe(200);
    expect(waiting).toBeGreaterThan(0);
    const rows = await rowsBelow(FOLDER);
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.at(-1)).toMatchObject({ prediction_id: before["prediction_id"], symbol: "B" });
    expect(rows.filter(({ label }) => label === "0" || label === "1").length).toBeGreaterThan(390);
    const own = await rowsBelow("predictions/symbol=B/");
    expect(own.some(({ prediction_id: id }) => id === before["prediction_id"])).toBe(false);
    expect(await rowsBelow("ticks/symbol=B/")).toHaveLength(1900);
    const { objects } = await env.BUCKET.list({ prefix: FOLDER });
    for (const { key } of objects) {
      expect(isBelowPredictions(key)).toBe(true);
      expect(parseArchiveKey(key)).toMatchObject({ kind: "predictions", symbol: "B" });
    }
  });

  it("gives a symbol that is made again the windows of all its grids", async () => {
    const again = await ask("/predict?symbol=B&grid=10s");
    const warm = { source: "archive", steps: expect.any(Number) as number };
    // What was learnt from labels went with the symbol.
    const learnt = { recalibration: null, sigma_quantiles_bps: null, sigma_quantiles_missing: null };
    expect({ ...again, age_ms: 0, ...learnt }).toEqual({ ...before, age_ms: 0, warm, ...learnt });
    for (const symbol of ["A", "B"]) await ingest(TICKS(symbol).slice(1900));
    for (const grid of ["1s", "10s", "60s"]) {
      const [a, b] = [(await predictFresh(`A&grid=${grid}`)).body, (await predictFresh(`B&grid=${grid}`)).body];
      // The one that was made again says what it began with.
      const of = { symbol: null, prediction_id: null, age_ms: 0, warm: null, ...learnt };
      expect({ ...b, ...of }).toEqual({ ...a, ...of });
    }
  });

  it("is deleted with the symbol, whatever the grid", async () => {
    const removed = await fetchJson("/admin/symbols/B", {
      method: "DELETE",
      body: JSON.stringify({ archive: true, by: "a test", reason: "it ends" }),
    });
    expect(removed.status).toBe(200);
    for (const prefix of [FOLDER, "predictions/symbol=B/", "ticks/symbol=B/"]) {
      expect((await env.BUCKET.list({ prefix })).objects).toEqual([]);
    }
  });
});
