// VENUE_ENDPOINTS: other addresses of venues, checked before a feed uses them.
import { expect, it } from "vitest";
import { type Env, parseSettings } from "../../src/settings.ts";

const parse = (endpoints: unknown, ENVIRONMENT = "test") =>
  parseSettings({ ENVIRONMENT, VENUE_ENDPOINTS: JSON.stringify(endpoints) } as unknown as Env).venueEndpoints;

it("takes addresses of venues, none by default", () => {
  expect(parseSettings({ ENVIRONMENT: "test" } as unknown as Env).venueEndpoints).toEqual({});
  const endpoints = {
    binance: { stream: "ws://127.0.0.1:9", rest: "http://127.0.0.1:9" },
    okx: { stream: "wss://a.b" },
  };
  expect(parse(endpoints)).toEqual(endpoints);
});

it("refuses what would silently leave a feed at the venue's own address", () => {
  expect(() => parse({ binanse: { stream: "wss://a.b" } })).toThrow("VENUE_ENDPOINTS.binanse: got an unknown venue");
  expect(() => parse({ binance: { strem: "wss://a.b" } })).toThrow("VENUE_ENDPOINTS.binance.strem");
  expect(() => parse({ binance: "wss://a.b" })).toThrow("VENUE_ENDPOINTS.binance");
});

it("refuses an address that is not encrypted outside development", () => {
  expect(() => parse({ binance: { stream: "ws://a.b" } }, "production")).toThrow("expected an address with wss://");
  expect(() => parse({ binance: { rest: "http://a.b" } }, "production")).toThrow("expected an address with https://");
  expect(() => parse({ binance: { stream: "https://a.b" } })).toThrow("expected an address with wss:// or ws://");
});
