import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ReorderBuffer } from "../../recordings/reorder-buffer.ts";
import { streamTicks, type TickStreamOptions } from "../../recordings/tick-stream.ts";
import type { Tick } from "../../src/features/tick.ts";
import { runSuccessfully } from "../processes/child-program.ts";

const T0 = 1_764_547_200_000;
const SEED = 20_251_201;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-tick-stream-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** One line per time; the price is unique over all files, so that the order is visible. */
function lines(times: readonly number[], firstPrice: number): string {
  return times.map((ts, i) => `{"symbol":"BTC-USD","ts":${T0 + ts},"price":${firstPrice + i}}\n`).join("");
}

async function file(name: string, times: readonly number[], firstPrice = 1): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines(times, firstPrice));
  return path;
}

async function taken(
  paths: readonly string[],
  options: TickStreamOptions = {},
): Promise<{ ticks: Tick[]; late: number }> {
  const stream = streamTicks(paths, options);
  const ticks: Tick[] = [];
  for await (const batch of stream.batches) {
    expect(batch.length).toBeGreaterThan(0);
    ticks.push(...batch);
  }
  expect(stream.summary.ticks).toBe(ticks.length);
  return { ticks, late: stream.summary.outOfOrder };
}

/** What the stream must equal: everything, in the order of files and lines, sorted stably by time. */
function sortedPrices(files: readonly (readonly number[])[]): number[] {
  const all = files.flatMap((times, f) => times.map((ts, i) => ({ ts, price: 1000 * (f + 1) + i })));
  return all.sort((a, b) => a.ts - b.ts).map(({ price }) => price);
}

/** Times of a sorted recording with some turned round, none more than `bound` places. */
function nearlySorted(bound: number): fc.Arbitrary<number[]> {
  const step = fc.record({ gap: fc.integer({ min: 0, max: 3 }), swap: fc.boolean() });
  return fc.tuple(fc.integer({ min: 0, max: 40 }), fc.array(step, { maxLength: 60 })).map(([start, steps]) => {
    let ts = start;
    const times = steps.map(({ gap }) => (ts += gap));
    for (let i = 0; i + bound < times.length; i += bound + 1) {
      if (steps[i]!.swap) times.splice(i, bound + 1, ...times.slice(i, i + bound + 1).reverse());
    }
    return times;
  });
}

describe("streamTicks", () => {
  it("gives the order of a stable sort of everything, for overlapping files turned round within the bound", async () => {
    const bound = 4;
    const property = fc.asyncProperty(fc.array(nearlySorted(bound), { minLength: 1, maxLength: 5 }), async (files) => {
      const paths = await Promise.all(files.map((times, f) => file(`p${f}.ndjson`, times, 1000 * (f + 1))));
      for (const reorderTicks of [bound, 10_000]) {
        const { ticks, late } = await taken(paths, { reorderTicks });
        expect(ticks.map(({ price }) => price)).toEqual(sortedPrices(files));
        expect(late).toBe(0);
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: 100 });
  });

  it("sorts whole shuffled files that fit into the buffer", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 80 }), { minLength: 1, maxLength: 4 }),
      async (files) => {
        const paths = await Promise.all(files.map((times, f) => file(`s${f}.ndjson`, times, 1000 * (f + 1))));
        const { ticks } = await taken(paths);
        expect(ticks.map(({ price }) => price)).toEqual(sortedPrices(files));
      },
    );
    await fc.assert(property, { seed: SEED, numRuns: 50 });
  });

  it("sorts a recording with a tick that comes too late for the buffer", async () => {
    const times = [...Array(50_000).keys(), 7];
    const path = await file("late.ndjson", times);
    const { ticks, late } = await taken([path], { reorderTicks: 100 });
    expect(late).toBe(0);
    expect(ticks.length).toBe(50_001);
    expect(ticks.filter(({ tsMs }) => tsMs === T0 + 7).map(({ price }) => price)).toEqual([8, 50_001]);
    expect((await taken([path], { reorderTicks: 50_000 })).late).toBe(0);
  });

  it("opens a recording only when the merge reaches it", async () => {
    const early = await file("early.ndjson", [...Array(6000).keys()]);
    const times = Array.from({ length: 500 }, (_, i) => 10_000 + i);
    const later = await file("later.ndjson", times, 10_000);
    const prices: number[] = [];
    const stream = streamTicks([later, early], { reorderTicks: 10 });
    for await (const batch of stream.batches) {
      // Nobody holds the later file's bytes yet: what it says now is what is read.
      if (prices.length === 0) await file("later.ndjson", times, 20_000);
      for (const { price } of batch) prices.push(price);
    }
    expect(prices.slice(6000)).toEqual(times.map((_, i) => 20_000 + i));
    expect(stream.summary.files.map(({ ticks }) => ticks)).toEqual([500, 6000]);
  });

  it("has no summary before its end, nor after it was stopped, and can be stopped", async () => {
    const path = await file("stopped.ndjson", [...Array(20_000).keys()]);
    const stream = streamTicks([path], { reorderTicks: 10 });
    expect(() => stream.summary).toThrow("the stream has not ended");
    for await (const batch of stream.batches) if (batch.length > 0) break;
    expect(() => stream.summary).toThrow("the stream has not ended");
  });

  it("reports how many bytes are read, up to all of them", async () => {
    const path = await file("bytes.ndjson", [...Array(30_000).keys()]);
    const seen: [number, number][] = [];
    await taken([path], { reorderTicks: 10, onProgress: (read, total) => seen.push([read, total]) });
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.map(([read]) => read)).toEqual(seen.map(([read]) => read).sort((a, b) => a - b));
    const [read, total] = seen.at(-1)!;
    expect([read, total]).toEqual([lines([...Array(30_000).keys()], 1).length, read]);
  });

  it("gives nothing and a summary for recordings without a tick", async () => {
    const path = await file("none.ndjson", []);
    const stream = streamTicks([path]);
    for await (const batch of stream.batches) expect(batch).toEqual([]);
    expect(stream.summary).toMatchObject({ ticks: 0, outOfOrder: 0, files: [{ path, ticks: 0, rejected: 0 }] });
  });

  it("needs no more memory for a recording four times as long, in a heap that could not hold it", async () => {
    const [once, fourTimes] = [
      await bars("XBTUSD_1m_once.csv.gz", 40_000),
      await bars("XBTUSD_1m_four.csv.gz", 160_000),
    ];
    const small = await livePeakMb(once);
    const large = await livePeakMb(fourTimes);
    expect([small.ticks, large.ticks]).toEqual([160_000, 640_000]);
    // 480,000 ticks more, at about 130 bytes each, would be 62 MB.
    expect(large.mb - small.mb).toBeLessThan(15);
  });
});

describe("ReorderBuffer", () => {
  it("keeps the newest back: 1, 3, 2, 4 come out sorted with a bound of 1, and 3, 4, 1 do not", () => {
    const through = (times: readonly number[]): number[] => {
      const buffer = new ReorderBuffer(1);
      const out = times.flatMap((tsMs) => buffer.push([{ tsMs } as Tick]));
      return [...out, ...buffer.drain()].map(({ tsMs }) => tsMs);
    };
    expect(through([1, 3, 2, 4])).toEqual([1, 2, 3, 4]);
    expect(through([3, 4, 1])).toEqual([3, 1, 4]);
    expect(through([])).toEqual([]);
    expect(() => new ReorderBuffer(-1)).toThrow("bound: got -1");
  });
});

async function bars(name: string, count: number): Promise<string> {
  const path = join(folder, name);
  const text = function* (): Generator<string> {
    yield "timestamp_ms,open,high,low,close\n";
    for (let i = 0; i < count; i += 1000) {
      const minute = (_: unknown, k: number): string => `${T0 + 60_000 * (i + k)},${9000 + (k % 7)},9010,8990,9000\n`;
      yield Array.from({ length: 1000 }, minute).join("");
    }
  };
  await pipeline(Readable.from(text()), createGzip({ level: 1 }), createWriteStream(path));
  return path;
}

/** Streams a file in a Node of its own with 64 MB for old objects; what lives is measured after full collections. */
async function livePeakMb(path: string): Promise<{ ticks: number; mb: number }> {
  const module = join(import.meta.dirname, "../../recordings/tick-stream.ts");
  const script = `
    const { streamTicks } = await import(${JSON.stringify(module)});
    let [ticks, batches, most] = [0, 0, 0];
    for await (const batch of streamTicks([${JSON.stringify(path)}]).batches) {
      ticks += batch.length;
      if (++batches % 20 !== 0) continue;
      gc();
      const { heapUsed, external } = process.memoryUsage();
      most = Math.max(most, heapUsed + external);
    }
    console.log(JSON.stringify({ ticks, mb: most / 2 ** 20 }));`;
  const args = ["--expose-gc", "--max-old-space-size=64", "--input-type=module", "--eval", script];
  const { stdout } = await runSuccessfully(process.execPath, args);
  return JSON.parse(stdout) as { ticks: number; mb: number };
}
