import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MarketSimulator } from "../../../simulator/simulator.ts";
import { DemoMarket } from "../../../trainer/retrain/demo-market.ts";
import { FakeGateway } from "../../feeds/fake-gateway.ts";

const FROM_MS = Date.UTC(2026, 10, 29, 4);
const QUARTER_MS = 900_000;
const MARKET = { symbol: "BTC-USD", seed: 3, fromMs: FROM_MS, dynamics: [] };

let gateway: FakeGateway;
let market: DemoMarket;

beforeEach(async () => {
  gateway = new FakeGateway();
  market = new DemoMarket({ ...MARKET, baseUrl: await gateway.start() });
});
afterEach(() => gateway.stop());

/** Ticks of each quarter of an hour of this market. */
function ticksOfQuarters(quarters: number): number[] {
  const simulator = new MarketSimulator(MARKET);
  return Array.from({ length: quarters }, (_, i) => simulator.advanceTo(FROM_MS + (i + 1) * QUARTER_MS).length);
}

function answers(...counts: Partial<Record<"accepted" | "held" | "released" | "rejected", number>>[]): void {
  for (const count of counts) {
    const ofTicks = { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0, ...count };
    const symbols = { "BTC-USD": { ...ofTicks, steps_closed: 0 } };
    const body = JSON.stringify({ ...ofTicks, symbols, errors: [], errors_omitted: 0 });
    gateway.script.push({ kind: "status", status: 200, body });
  }
}

describe("DemoMarket", () => {
  it("goes on past a tick that waits at the end of a batch, and is applied in the next", async () => {
    const [first, second] = ticksOfQuarters(2) as [number, number];
    answers({ accepted: first - 1, held: 1 }, { accepted: second, released: 1 });
    await market.feedTo(FROM_MS + 2 * QUARTER_MS);
    expect(market.ticks).toBe(first + second);
  });

  it("fails when a waiting tick was given up", async () => {
    const [first, second] = ticksOfQuarters(2) as [number, number];
    answers({ accepted: first - 1, held: 1 }, { accepted: second, rejected: 1 });
    await expect(market.feedTo(FROM_MS + 2 * QUARTER_MS)).rejects.toThrow(
      `${second + 1} ticks fed, ${second} accepted, 0 duplicate, 0 held`,
    );
  });

  it("fails when a tick was not accepted", async () => {
    const [first] = ticksOfQuarters(1) as [number];
    answers({ accepted: first - 1 });
    await expect(market.feedTo(FROM_MS + QUARTER_MS)).rejects.toThrow(
      `${first} ticks fed, ${first - 1} accepted, 0 duplicate, 0 held`,
    );
  });
});
