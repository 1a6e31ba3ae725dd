// Requests to one venue take turns, whatever comes back.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askVenue } from "../../../src/clients/venue-request.ts";

const GAP_MS = 100;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("keeps the gap between requests when one of many is sent again", async () => {
  const askedMs: number[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(() => {
    askedMs.push(Date.now());
    return Promise.resolve(askedMs.length === 1 ? new Response("", { status: 429 }) : Response.json([]));
  });
  const of = { venue: "kraken", title: "Kraken", url: "https://venue.test/", gapMs: GAP_MS } as const;
  const asked = Array.from({ length: 12 }, () => askVenue({ ...of, endMs: Date.now() + 20_000 }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await Promise.all(asked)).toHaveLength(12);
  expect(askedMs).toHaveLength(13);
  const gaps = askedMs.slice(1).map((atMs, k) => atMs - askedMs[k]!);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(GAP_MS);
});
