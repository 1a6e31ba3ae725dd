// A venue's candles give the ticks that the trainer's reader gives of the same candles in a file, and so the same
// state.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { streamTicks } from "../../recordings/tick-stream.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { candleRanges, FoundCandles } from "../../src/markets/history/past-ticks.ts";
import { BINANCE_HISTORY } from "../../src/markets/history/binance.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12, 34, 23);
const folder = mkdtempSync(join(tmpdir(), "volgate-candles-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The rows of all answers, as Binance writes them into its files too. */
function klines(): unknown[][] {
  const exchange = new RestExchange(new RestMarket(NOW_MS));
  const rows: unknown[][] = [];
  for (const range of candleRanges(BINANCE_HISTORY, "BTCUSDT", 1, NOW_MS)) {
    const url = new URL(BINANCE_HISTORY.candlesPath(range), "https://venue.test");
    rows.unshift(...(JSON.parse(exchange.answer(url, new Headers()).text) as unknown[][]));
  }
  return rows;
}

describe("the candles of a venue", () => {
  it("give the ticks and the state of the trainer's reader, bit for bit", async () => {
    const rows = klines();
    const found = new FoundCandles();
    const range = { product: "BTCUSDT", minutes: 1, fromMs: 0, toMs: NOW_MS } as const;
    found.add(BINANCE_HISTORY.readCandles(rows), range);
    const asked = found.ticks("BTCUSDT", 1).rows;

    const path = join(folder, "BTCUSDT-1m-2026-11-30.csv");
    writeFileSync(path, rows.map((row) => `${row.join(",")}\n`).join(""));
    const packed = new PackedTicks();
    for await (const ticks of streamTicks([path]).batches) for (const tick of ticks) packed.add(tick);
    const read = packed.rows();
    expect(read.length).toBe(1440 * 4 * 13);
    expect(new Uint8Array(asked.slice().buffer)).toEqual(new Uint8Array(read.buffer));

    const config = { grid: gridConfig(60_000), label: DEFAULT_LABEL_SPEC };
    const states = [asked, read].map((ticks) => {
      const engine = new FeatureEngine(config);
      engine.process(ticks, new ClosedSteps(1), new Uint8Array(ticks.length / 13));
      expect(engine.stepsClosed).toBe(1439);
      return new Uint8Array(engine.save());
    });
    expect(states[0]).toEqual(states[1]);
  });
});
