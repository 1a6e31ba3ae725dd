import { describe, expect, it } from "vitest";
import { predictionOfNow } from "../../dashboard/views/symbol/prediction-of-now.ts";
import { FixtureMarket } from "./fixture-market.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12);

describe("a prediction that no newer answer replaces", () => {
  const market = new FixtureMarket({ symbols: 40, nowMs: () => NOW_MS });
  const alerting = market
    .overview(null)
    .symbols.map(({ symbol }) => market.prediction(symbol))
    .find((prediction) => "alert" in prediction && prediction.alert === true);
  if (alerting === undefined || !("ts" in alerting)) throw new Error("no symbol of the fixture alerts");
  const endMs = alerting.ts + alerting.horizon_s * 1000;

  it("is as it was answered until its horizon is over", () => {
    expect(predictionOfNow(alerting, endMs)).toBe(alerting);
  });

  it("then expires without the gateway's word, and alerts no more", () => {
    expect(predictionOfNow(alerting, endMs + 1)).toEqual({ ...alerting, expired: true, stale: true, alert: null });
  });

  it("is nothing where there is none", () => {
    expect(predictionOfNow(null, NOW_MS)).toBeNull();
  });
});
