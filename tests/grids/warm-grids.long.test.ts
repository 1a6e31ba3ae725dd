// Further grids of a symbol that began with a history have the state of one that got it live.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { fetchJson, ingest, sqlOf, stubOf } from "../worker/gateway.ts";
import { roughMarket } from "../worker/market.ts";

const GRIDS = ["60s", "10s"] as const;

function stateOf(symbol: string, grid: string): Promise<string> {
  return runInDurableObject(stubOf(symbol), async (instance: SymbolObject) => {
    await instance.predict(grid);
    return [...new Uint8Array(instance.live!.grids.get(grid)!.engine.features.save())].join();
  });
}

async function send(ticks: readonly unknown[]): Promise<void> {
  for (let from = 0; from < ticks.length; from += 200) await ingest(ticks.slice(from, from + 200));
}

describe("the further grids of a symbol that began with a history", () => {
  it("are what they are without it, after live ticks, a restart and a lost snapshot", async () => {
    const ticks = (symbol: string) => roughMarket(symbol, 1600, 3);
    await send(ticks("GRID-LIVE"));
    const body = ticks("GRID-WARM").slice(0, 1000);
    const init = { method: "POST", headers: { "Content-Type": "application/x-ndjson" } };
    const lines = body.map((tick) => JSON.stringify(tick)).join("\n");
    expect((await fetchJson("/admin/symbols/GRID-WARM/warm", { ...init, body: lines })).status).toBe(200);
    const warmed = (await fetchJson("/predict?symbol=GRID-WARM&grid=60s")).body;
    expect(warmed.warm).toMatchObject({ source: "ticks", steps: expect.any(Number) });
    expect(warmed.warm.steps).toBeGreaterThan(10);
    await send(ticks("GRID-WARM").slice(1000));
    const expectEqual = async (): Promise<void> => {
      for (const grid of GRIDS) expect(await stateOf("GRID-WARM", grid)).toBe(await stateOf("GRID-LIVE", grid));
    };
    await expectEqual();
    await evictDurableObject(stubOf("GRID-WARM"));
    await expectEqual();
    expect((await fetchJson("/predict?symbol=GRID-WARM&grid=60s")).body.warm).toEqual(warmed.warm);
    await sqlOf("GRID-WARM", "UPDATE pages SET bytes = x'01' WHERE id LIKE 'grid-%/state'");
    await sqlOf("GRID-WARM", "UPDATE snapshot SET state = x'00'");
    await evictDurableObject(stubOf("GRID-WARM"));
    await expectEqual();
  });
});
