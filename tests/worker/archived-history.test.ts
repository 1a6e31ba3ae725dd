// How much of an archive is read when there is more than time for it.
import { describe, expect, it, vi } from "vitest";
import { readArchivedHistory } from "../../src/durable/symbol/archive/archived-history.ts";
import { encodeParquetTicks } from "../../src/durable/symbol/archive/parquet-ticks.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { steady } from "./archive-desk.ts";
import { START_MS } from "./market.ts";

/** A bucket of one object a minute, 60 ticks and one batch each, each of which takes `getMs` of the clock. */
function slowBucket(objects: number, getMs: number): { readonly bucket: R2Bucket; readonly spentMs: () => number } {
  const day = "ticks/symbol=DENSE/date=2025-11-03/";
  const keys = Array.from({ length: objects }, (_, k) => {
    const minute = new Date(START_MS + k * 60_000).toISOString().slice(11, 16).replace(":", "");
    return `${day}${minute}-${String(k + 1).padStart(10, "0")}.parquet`;
  });
  const realNow = Date.now;
  let spentMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + spentMs);
  const bucket = {
    list: ({ prefix = "", delimiter }: R2ListOptions) => {
      const found = keys.filter((key) => key.startsWith(prefix));
      const delimitedPrefixes = found.length === 0 ? [] : [day];
      const page = { objects: found.map((key) => ({ key })), delimitedPrefixes, truncated: false };
      return Promise.resolve(delimiter === undefined ? page : { ...page, objects: [] });
    },
    get: (key: string) => {
      spentMs += getMs;
      const at = keys.indexOf(key);
      const of = { symbol: "DENSE", firstBatch: at + 1, lastBatch: at + 1, stepMs: 1000 };
      const bytes = encodeParquetTicks(steady(60, START_MS + at * 60_000), of);
      return Promise.resolve({ arrayBuffer: () => Promise.resolve(bytes) });
    },
  } as unknown as R2Bucket;
  return { bucket, spentMs: () => spentMs };
}

describe("an archive", () => {
  it("of which not all can be read in time gives its newest ticks, in time", async () => {
    const { bucket, spentMs } = slowBucket(100, 200);
    const history = await readArchivedHistory(bucket, "DENSE", DEFAULT_ENGINE_CONFIG);
    vi.restoreAllMocks();
    expect(spentMs()).toBeLessThanOrEqual(8_000);
    expect(history).toMatchObject({ throughSeq: 100 });
    const minutes = history!.ticks / 60;
    expect(minutes).toBeGreaterThan(20);
    expect(minutes).toBeLessThan(40);
    // Without a hole: a step for each second but the open one.
    expect(history!.features.stepsClosed).toBeGreaterThanOrEqual(history!.ticks - 2);
    expect(history!.features.watermarkMs).toBe(START_MS + 100 * 60_000 - 1000);
  });

  it("of which all can be read in time is read whole", async () => {
    const { bucket } = slowBucket(100, 10);
    const history = await readArchivedHistory(bucket, "DENSE", DEFAULT_ENGINE_CONFIG);
    vi.restoreAllMocks();
    expect(history).toMatchObject({ throughSeq: 100, ticks: 6000 });
  });
});
