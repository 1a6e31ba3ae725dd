// How much of an archive is read when there is more than time for it.
import { describe, expect, it, vi } from "vitest";
import { readArchivedHistory } from "../../src/durable/symbol/archive/archived-history.ts";
import { encodeParquetTicks } from "../../src/durable/symbol/archive/parquet-ticks.ts";
import { archiveKey } from "../../src/features/archive-key.ts";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { steady } from "./archive-desk.ts";
import { pack } from "../features/tick-stream.ts";
import { START_MS } from "./market.ts";

interface SlowBucket {
  readonly bucket: R2Bucket;
  readonly spentMs: () => number;
  /** Keys in the order of reading. */
  readonly got: string[];
}

/** A bucket of objects of one batch each, each of which takes `getMs` of the clock. */
function slowBucket(
  objects: readonly { readonly fromMs: number; readonly rows: Float64Array }[],
  getMs: number,
): SlowBucket {
  const keys = objects.map(({ fromMs }, k) => archiveKey("ticks", "DENSE", fromMs, k + 1));
  const folders = [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf("/") + 1)))];
  const realNow = Date.now;
  let spentMs = 0;
  const got: string[] = [];
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + spentMs);
  const bucket = {
    list: ({ prefix = "", delimiter }: R2ListOptions) => {
      const found = keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key }));
      const delimitedPrefixes = folders.filter((folder) => folder.startsWith(prefix));
      const page = { objects: delimiter === undefined ? found : [], delimitedPrefixes, truncated: false };
      return Promise.resolve(page);
    },
    get: (key: string) => {
      spentMs += getMs;
      got.push(key);
      const at = keys.indexOf(key);
      const of = { symbol: "DENSE", firstBatch: at + 1, lastBatch: at + 1, stepMs: 1000 };
      const bytes = encodeParquetTicks(objects[at]!.rows, of);
      return Promise.resolve({ arrayBuffer: () => Promise.resolve(bytes) });
    },
  } as unknown as R2Bucket;
  return { bucket, spentMs: () => spentMs, got };
}

/** One object a minute, of 60 ticks. */
function minutes(count: number): { readonly fromMs: number; readonly rows: Float64Array }[] {
  return Array.from({ length: count }, (_, k) => {
    const fromMs = START_MS + k * 60_000;
    return { fromMs, rows: steady(60, fromMs) };
  });
}

describe("an archive", () => {
  it("of which not all can be read in time gives its newest ticks, in time", async () => {
    const { bucket, spentMs } = slowBucket(minutes(100), 200);
    const history = await readArchivedHistory(bucket, "DENSE", DEFAULT_ENGINE_CONFIG);
    vi.restoreAllMocks();
    expect(spentMs()).toBeLessThanOrEqual(8_000);
    expect(history).toMatchObject({ throughSeq: 100 });
    const minutesRead = history!.ticks / 60;
    expect(minutesRead).toBeGreaterThan(10);
    expect(minutesRead).toBeLessThan(40);
    // Without a hole: a step for each second but the open one.
    expect(history!.features.stepsClosed).toBeGreaterThanOrEqual(history!.ticks - 2);
    expect(history!.features.watermarkMs).toBe(START_MS + 100 * 60_000 - 1000);
  });

  it("of which all can be read in time is read whole", async () => {
    const { bucket } = slowBucket(minutes(100), 10);
    const history = await readArchivedHistory(bucket, "DENSE", DEFAULT_ENGINE_CONFIG);
    vi.restoreAllMocks();
    expect(history).toMatchObject({ throughSeq: 100, ticks: 6000 });
  });
});

const BARS = gridConfig(60_000);
const SESSIONS = {
  grid: BARS,
  label: completeLabelSpec({ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 }, BARS),
};
const MONDAY_MS = Date.UTC(2025, 10, 3);
const SESSION_MINUTES = 390;

/** Sessions of 6.5 hours on the weekdays of four weeks, an object of three ticks a minute for each half hour. */
function sessions(): { readonly fromMs: number; readonly rows: Float64Array }[] {
  const objects: { fromMs: number; rows: Float64Array }[] = [];
  for (let day = 0; day < 28; day++) {
    if (day % 7 > 4) continue;
    const openMs = MONDAY_MS + day * 86_400_000 + 13.5 * 3_600_000;
    for (let minute = 0; minute < SESSION_MINUTES; minute += 30) {
      const fromMs = openMs + minute * 60_000;
      objects.push({ fromMs, rows: pack(Array.from({ length: 90 }, (_, k) => tickAt(fromMs + k * 20_000, k))) });
    }
  }
  return objects;
}

function tickAt(ts: number, k: number): { readonly ts: number; readonly price: number } {
  return { ts, price: 100 + ((k * 7) % 5) / 100 };
}

describe("an archive of a market with sessions", () => {
  it("is read back until the label's window is full, not over the time that it takes without a pause", async () => {
    const all = sessions();
    const { bucket, got } = slowBucket(all, 5);
    const history = await readArchivedHistory(bucket, "DENSE", SESSIONS);
    vi.restoreAllMocks();
    const { features, fromMs } = history!;
    expect(features.ringExtent.values).toBe(1440);
    expect(features.thresholdCount(0)).toEqual({ have: 1440, need: 900 });
    expect(features.lastStep.tau[0]).toBeGreaterThan(0);
    // Over a weekend, and not to the beginning.
    expect(features.watermarkMs - fromMs).toBeGreaterThan(3 * 86_400_000);
    expect(got.length).toBeLessThan(1.5 * all.length);
    expect(fromMs).toBeGreaterThan(all[0]!.fromMs);
  });

  it("is read as far back as there is time for, without a hole", async () => {
    const { bucket, spentMs } = slowBucket(sessions(), 150);
    const history = await readArchivedHistory(bucket, "DENSE", SESSIONS);
    vi.restoreAllMocks();
    expect(spentMs()).toBeLessThanOrEqual(8_000);
    const { values } = history!.features.ringExtent;
    // The first reading has the last session.
    expect(values).toBeGreaterThan(1.2 * SESSION_MINUTES);
    expect(values).toBeLessThan(1440);
    expect(history!.ticks / 3).toBeLessThan(values + 10);
  });

  it("is read once where it has no more", async () => {
    const { bucket, got } = slowBucket(sessions().slice(-20), 5);
    const history = await readArchivedHistory(bucket, "DENSE", SESSIONS);
    vi.restoreAllMocks();
    expect(history!.ticks).toBe(20 * 90);
    expect(got.length).toBeLessThanOrEqual(20 + 13);
  });
});
