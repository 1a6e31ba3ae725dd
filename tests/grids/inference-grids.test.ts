// The models of further grids under /v2: `name@grid`.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import barsChampion from "../../src/model/bundled/bars/champion.json" with { type: "json" };
import { BUNDLED, BUNDLED_BARS } from "../../src/model/bundled.ts";
import { hostFor } from "../../src/model/grid-hosts.ts";
import { settingsOf } from "../../src/settings.ts";
import { fetchJson, postJson } from "../worker/gateway.ts";

describe("a model of a further grid", () => {
  it("has the grid's name behind its own, and the bundled set of that grid", async () => {
    const { body } = await fetchJson("/v2/models/champion@60s");
    expect(body).toMatchObject({ name: "champion@60s", versions: [BUNDLED_BARS.champion] });
    expect(body.properties.features).toBe(barsChampion.features.join(","));
    expect((await fetchJson("/v2/models/blend%4060s")).body.versions).toEqual([BUNDLED_BARS.champion]);
    expect((await fetchJson("/v2/models/champion")).body.versions).toEqual([BUNDLED.champion]);
  });

  it("scores as the host of that grid does", async () => {
    const settings = settingsOf(env);
    const { grid } = settings.furtherGrids.find(({ name }) => name === "60s")!.engine;
    const width = barsChampion.features.length;
    const rows = Float32Array.from({ length: 3 * width }, (_, i) => Math.sin(i) / 2);
    const inputs = [{ name: "features", shape: [3, width], datatype: "FP32", data: Array.from(rows) }];
    const { status, body } = await postJson("/v2/models/champion@60s/infer", { inputs });
    expect([status, body.model_name, body.model_version]).toEqual([200, "champion@60s", BUNDLED_BARS.champion]);
    const { probabilities } = await hostFor(grid, settings).serving.byAlias.champion!.score(rows);
    expect(body.outputs[0].data).toEqual(Array.from(probabilities));
  });

  it("is in the index, and a grid that is not there is no part of a name", async () => {
    const index = (await postJson("/v2/repository/index", {})).body as { name: string; version: string }[];
    expect(index).toContainEqual(expect.objectContaining({ name: "champion", version: BUNDLED.champion }));
    expect(index).toContainEqual(expect.objectContaining({ name: "champion@60s", version: BUNDLED_BARS.champion }));
    const unknown = await fetchJson("/v2/models/champion@7s");
    expect([unknown.status, unknown.headers.get("X-Error-Code")]).toEqual([404, "unknown_model"]);
  });
});
