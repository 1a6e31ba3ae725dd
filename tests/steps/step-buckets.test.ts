import { describe, expect, it } from "vitest";
import { everyMs, StepBuckets } from "../../src/steps/step-buckets.ts";
import { CHUNK_STEPS, STEP_FLAG, StepChunk } from "../../src/steps/step-chunk.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

const STEP_MS = 1000;

interface Step {
  readonly ts: number;
  readonly price: number;
  readonly rv: number;
  readonly p: number;
  readonly isAlert: boolean;
  readonly label: "spike" | "calm" | undefined;
}

/** Three chunks with holes, and what is in them. */
function recorded(seed: number): { readonly chunks: StepChunk[]; readonly steps: Step[] } {
  const generator = new SeededRandom(seed);
  const random = (): number => generator.uniform();
  const steps: Step[] = [];
  const chunks = [0, 1, 3].map((number) => {
    const chunk = new StepChunk(number);
    for (let at = 0; at < CHUNK_STEPS; at++) {
      if (random() < 0.3) continue;
      const step: Step = {
        ts: (chunk.firstStep + at + 1) * STEP_MS,
        price: random() < 0.1 ? NaN : 100 + random(),
        rv: random() < 0.1 ? NaN : Math.fround(random()),
        p: random() < 0.2 ? NaN : Math.fround(random()),
        isAlert: random() < 0.2,
        label: random() < 0.1 ? "spike" : random() < 0.5 ? "calm" : undefined,
      };
      steps.push(step);
      chunk.price[at] = step.price;
      chunk.rvBps[at] = step.rv;
      chunk.probability[at] = step.p;
      chunk.flags[at] =
        STEP_FLAG.known | (step.isAlert ? STEP_FLAG.alert : 0) | (step.label === undefined ? 0 : STEP_FLAG[step.label]);
    }
    return chunk;
  });
  return { chunks, steps };
}

/** Within the digits that an answer has of a float32. */
const near = (value: number | undefined): unknown => (value === undefined ? null : expect.closeTo(value, 6));
const known = (values: readonly number[]): number[] => values.filter((x) => !Number.isNaN(x));

describe("buckets of steps", () => {
  it.each([
    [1, 0, 1_200_000, 1000],
    [2, 0, 1_200_000, 10_000],
    [3, 123_456, 987_654, 7000],
    [4, 300_000, 300_001, 1000],
    [5, 599_000, 601_000, 60_000],
  ])("have what a slow count of the same steps gives (seed %i)", (seed, fromMs, toMs, every) => {
    const { chunks, steps } = recorded(seed);
    const buckets = new StepBuckets({ stepMs: STEP_MS, fromMs, toMs, everyMs: every });
    for (const chunk of chunks) buckets.add(chunk);
    const { columns } = buckets;
    columns.ts.forEach((ts, k) => {
      const inside = steps.filter(
        (step) => step.ts > fromMs && step.ts <= toMs && step.ts > ts - every && step.ts <= ts,
      );
      const prices = known(inside.map(({ price }) => price));
      const scores = known(inside.map(({ p }) => p));
      const labels = inside.flatMap(({ label }) => label ?? []);
      expect(columns.open[k]).toBe(prices[0] ?? null);
      expect(columns.price[k]).toBe(prices.at(-1) ?? null);
      expect(columns.high[k]).toBe(prices.length === 0 ? null : Math.max(...prices));
      expect(columns.low[k]).toBe(prices.length === 0 ? null : Math.min(...prices));
      const rv = known(inside.map((step) => step.rv)).at(-1);
      expect(columns.rvBps[k]).toEqual(near(rv));
      expect(columns.probability[k]).toEqual(near(scores.length === 0 ? undefined : Math.max(...scores)));
      const scored = inside.filter(({ p }) => !Number.isNaN(p));
      expect(columns.alert[k]).toBe(scored.length === 0 ? null : scored.some(({ isAlert }) => isAlert));
      expect(columns.spike[k]).toBe(labels.length === 0 ? null : labels.includes("spike"));
      expect(columns.sigmaBps[k]).toBeNull();
    });
    const covered = steps.filter(({ ts }) => ts > fromMs && ts <= toMs);
    const [first, last] = [columns.ts[0] ?? Infinity, columns.ts.at(-1) ?? -Infinity];
    expect(covered.every(({ ts }) => ts > first - every && ts <= last)).toBe(true);
  });

  it("are as short as the number of points allows, and whole multiples of the step", () => {
    const hour = { stepMs: 1000, fromMs: 0, toMs: 3_600_000 };
    expect(everyMs(hour, 600)).toBe(10_000);
    expect(everyMs(hour, 3600)).toBe(1000);
    expect(everyMs({ ...hour, fromMs: 500, toMs: 3_600_500 }, 600)).toBe(10_000);
    expect(everyMs({ stepMs: 60_000, fromMs: 0, toMs: 30 * 86_400_000 }, 2000)).toBe(30 * 60_000);
    expect(everyMs({ stepMs: 100, fromMs: 0, toMs: 100 }, 1)).toBe(100);
    for (const [stepMs, spanMs, points] of [
      [1000, 172_800_000, 1],
      [1000, 172_800_000, 7],
      [60_000, 365 * 86_400_000, 1],
      [100, 1, 2000],
    ] as const) {
      const range = { stepMs, fromMs: 12_345_678, toMs: 12_345_678 + spanMs };
      const every = everyMs(range, points);
      expect(every % stepMs).toBe(0);
      expect(new StepBuckets({ ...range, everyMs: every }).columns.ts.length).toBeLessThanOrEqual(points + 1);
    }
  });

  it("stay in the range, however long it is, and are none where no step can end", () => {
    expect(new StepBuckets({ stepMs: 1000, fromMs: 0, toMs: 999, everyMs: 1000 }).columns.ts).toEqual([]);
    expect(new StepBuckets({ stepMs: 1000, fromMs: 0, toMs: 1000, everyMs: 1000 }).columns.ts).toEqual([1000]);
    const huge = { stepMs: 1000, fromMs: 0, toMs: 999_999_999_999_999 };
    expect(new StepBuckets({ ...huge, everyMs: everyMs(huge, 10) }).columns.ts.length).toBeLessThanOrEqual(10);
  });
});

describe("a chunk of steps", () => {
  it("is read as it was written, bit for bit", () => {
    const [chunk] = recorded(6).chunks;
    const read = StepChunk.decode(chunk!.encode());
    expect(read).toEqual(chunk);
    expect(read.firstKnown).toBe(chunk!.firstKnown);
    expect(read.lastKnown).toBe(chunk!.lastKnown);
    expect(chunk!.encode().byteLength).toBeLessThan(9_200);
  });

  it("is refused when a byte of it is another one", () => {
    const bytes = recorded(7).chunks[0]!.encode();
    new Uint8Array(bytes)[5000]! ^= 1;
    expect(() => StepChunk.decode(bytes)).toThrow(/checksum/);
  });

  it("has no first step when it has none", () => {
    const empty = new StepChunk(5);
    expect([empty.firstKnown, empty.lastKnown, empty.firstStep]).toEqual([undefined, undefined, 1500]);
  });
});
