import { wasmMemoryBytes } from "./wasm-memory.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { modelHost } from "../../src/model/model-host.ts";
import { publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, ingest, metric, postJson, predictFresh } from "./gateway.ts";
import { START_MS, WARM_TICKS, market } from "./market.ts";

const ROW = { ret_mean: 0.0001, ret_std: 0.00001, n: 50 };

beforeAll(async () => {
  await ingest(market("SWAP", WARM_TICKS));
});

describe("a hundred swaps under load", () => {
  it("fail no request, leave no scoring error and no memory behind", async () => {
    const pair = [await publish(await variantOf("champion", "A")), await publish(await variantOf("champion", "B"))];
    const baselines = [
      await publish(await variantOf("threshold-only", "C")),
      await publish(await variantOf("threshold-only", "D")),
    ];
    await predictFresh("SWAP");
    let second = WARM_TICKS;
    let running = true;
    let predicted = 0;
    const served = new Set<string>();
    const feed = async () => {
      while (running) {
        const { status, body } = await ingest(market("SWAP", 40, { fromMs: START_MS + (second += 40) * 1000 }));
        expect(status).toBe(200);
        expect(body).toMatchObject({ accepted: 40, rejected: 0 });
        await scheduler.wait(0);
      }
    };
    const ask = async () => {
      while (running) {
        const { status, body } = await fetchJson("/predict?symbol=SWAP");
        expect(status).toBe(200);
        expect(body.probability).toEqual(expect.any(Number));
        for (const p of Object.values(body.baselines)) expect(p).toEqual(expect.any(Number));
        served.add(body.model.version);
        // Not kept by the isolate: every one of these is the object's own answer.
        expect((await fetchJson("/symbols/SWAP")).body.probability).toEqual(expect.any(Number));
        predicted += 1;
        expect((await postJson("/predict", { rows: [ROW] })).status).toBe(200);
        await scheduler.wait(0);
      }
    };
    const swapsBefore = modelHost.swapCount;
    const memory: number[] = [];
    const swap = async () => {
      for (let k = 0; k < 100; k++) {
        if (k % 5 === 4) await setAlias("threshold-only", baselines[(k >> 2) % 2]!);
        expect((await setAlias("champion", pair[k % 2]!)).status).toBe(200);
        expect(servedSha("champion")).toBe(pair[k % 2]);
        memory.push(wasmMemoryBytes());
        const answered = predicted;
        while (predicted === answered && running) await scheduler.wait(0);
      }
      running = false;
    };
    await Promise.all(
      [feed(), feed(), ask(), ask(), ask(), swap()].map((work) => work.finally(() => (running = false))),
    );
    expect(modelHost.swapCount - swapsBefore).toBeGreaterThanOrEqual(100);
    expect([...served]).toEqual(expect.arrayContaining(["A", "B"]));
    expect(predicted).toBeGreaterThan(100);
    expect(await metric("volgate_scoring_errors_total", { symbol: "SWAP" })).toBe(0);
    expect(memory[9]).toBeGreaterThan(1_000_000);
    expect(memory[99]).toBe(memory[9]);
  });
});
