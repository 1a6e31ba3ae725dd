import { describe, expect, it } from "vitest";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { timeOfDay } from "../../trainer/rows/base-rate-by-time.ts";
import { dataWarnings } from "../../trainer/rows/data-warnings.ts";
import { buildDataset, type Dataset } from "../../trainer/rows/dataset.ts";
import { LabelledRows } from "../../trainer/rows/labelled-rows.ts";
import { newTally } from "../../trainer/rows/tally.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const GRID = gridConfig(MINUTE_MS);
const LABEL = completeLabelSpec({ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 }, GRID);

interface Market {
  readonly days: number;
  readonly seed: number;
  /** Chance of a spike in a minute of the day. */
  readonly chance: (minute: number) => number;
  readonly open?: readonly [fromMinute: number, toMinute: number];
}

/** Rows of minutes; a state that lasts about an hour multiplies the chance by 2.5 or by nearly nothing. */
function market({ days, seed, chance, open = [0, 1440] }: Market): Dataset {
  const random = new SeededRandom(seed);
  const rows = new LabelledRows(days * 1440);
  let wild = false;
  for (let day = 0; day < days; day++) {
    for (let minute = open[0]; minute < open[1]; minute++) {
      if (random.uniform() < 1 / 60) wild = random.uniform() < 0.4;
      const k = rows.count++;
      // A row's time is the end of its step; its horizon ends a step later.
      rows.tsMs[k] = (20_000 + day) * DAY_MS + minute * MINUTE_MS;
      rows.label[k] = random.uniform() < chance(minute) * (wild ? 2.4 : 0.05) ? 1 : 0;
    }
  }
  return { config: { grid: GRID, label: LABEL }, symbols: ["A"], rows, tally: newTally() };
}

describe("timeOfDay", () => {
  it("finds an opening at which half of the rows are spikes and an hour after it in which none are", () => {
    const chance = (m: number): number => (m < 825 ? 0.5 : m < 870 ? 0 : 0.06);
    const found = timeOfDay(market({ days: 30, seed: 3, chance, open: [810, 1200] }), 7)!;
    expect(found.pValue).toBe(0.01);
    expect(found.spread).toBeGreaterThan(1);
    expect(found.highest).toMatchObject({ startMs: 810 * MINUTE_MS });
    expect(found.highest.baseRate).toBeGreaterThan(0.3);
    expect(found.lowest.baseRate).toBe(0);
  });

  it("is as often below 5 % as chance has it where spikes come in runs at no time of day", () => {
    const found = Array.from({ length: 100 }, (_, seed) =>
      timeOfDay(market({ days: 20, seed, chance: () => 0.1 }), 7)!,
    );
    expect(found.filter(({ pValue }) => pValue <= 0.05).length).toBeLessThanOrEqual(11);
    expect(found.filter(({ pValue }) => pValue <= 0.5).length).toBeGreaterThan(30);
    expect(Math.max(...found.map(({ spread }) => spread))).toBeLessThan(0.5);
  });

  it("takes several symbols that have the same spikes for one market, however many they are", () => {
    const copied = (data: Dataset, symbols: number): Dataset => {
      const rows = new LabelledRows(data.rows.count * symbols);
      rows.count = data.rows.count * symbols;
      for (let k = 0; k < rows.count; k++) {
        const from = Math.floor(k / symbols);
        rows.tsMs[k] = data.rows.tsMs[from]!;
        rows.label[k] = data.rows.label[from]!;
        rows.symbol[k] = k % symbols;
      }
      return { ...data, symbols: ["A", "B", "C", "D", "E"].slice(0, symbols), rows };
    };
    for (let seed = 0; seed < 10; seed++) {
      const one = market({ days: 7, seed, chance: () => 0.1 });
      const [alone, five] = [timeOfDay(one, 7)!, timeOfDay(copied(one, 5), 7)!];
      // Equal spreads of turned days differ by rounding.
      expect(five.pValue).toBeCloseTo(alone.pValue, 1);
      expect(five.spread).toBeCloseTo(alone.spread, 9);
    }
    expect(timeOfDay(copied(market({ days: 1, seed: 1, chance: () => 0.1 }), 5), 7)).toBeUndefined();
  });

  it("knows nothing of fewer than five days, and of no spike", () => {
    expect(timeOfDay(market({ days: 4, seed: 1, chance: () => 0.1 }), 7)).toBeUndefined();
    expect(timeOfDay(market({ days: 6, seed: 1, chance: () => 0 }), 7)).toBeUndefined();
  });
});

describe("dataWarnings", () => {
  const calm = market({ days: 10, seed: 1, chance: () => 0.1 });
  const session = market({ days: 30, seed: 3, chance: (m) => (m < 825 ? 0.5 : 0.05), open: [810, 1200] });

  it("has none of data without faults", () => {
    expect(
      dataWarnings({ ...calm, tally: { ...newTally(), steps: 1000, eligible: 1000, void: 100, flat: 100 } }, 7),
    ).toEqual([]);
  });

  it("says the share of void rows and the step that would have labels", () => {
    const tally = { ...newTally(), steps: 1000, eligible: 1000, void: 720 };
    expect(dataWarnings({ ...calm, tally, labelStepMs: 300_000 }, 7)).toEqual([
      expect.stringMatching(/^72 % of the eligible rows are void.*; --step 300s would have labels for nearly all$/),
    ]);
    expect(dataWarnings({ ...calm, tally, labelStepMs: undefined }, 7)[0]).toMatch(/no step up to an hour would do/);
    expect(dataWarnings({ ...calm, tally, labelStepMs: MINUTE_MS }, 7)[0]).toMatch(/the holes come in runs/);
  });

  it("says the share of steps whose threshold would be at most ε", () => {
    const tally = { ...newTally(), steps: 1000, eligible: 100, flat: 610 };
    expect(dataWarnings({ ...calm, tally }, 7)).toEqual([
      expect.stringMatching(/^61 % of the steps have values enough and no threshold, because it would be at most ε/),
    ]);
  });

  it("asks for a threshold of the same time of day where the base rate depends on it", () => {
    const [text] = dataWarnings(session, 7);
    expect(text).toMatch(
      /^the base rate depends on the time of day, from 0\.\d\d at \d\d:\d\d UTC to 0\.\d\d at 13:30 UTC/,
    );
    expect(text).toContain(`--label '{"kind":"time-of-day-quantile","measure":"parkinson","horizonSteps":1}'`);
    const daily = {
      ...session,
      config: { grid: GRID, label: completeLabelSpec({ kind: "time-of-day-quantile" }, GRID) },
    };
    expect(dataWarnings(daily, 7)[0]).toContain("although τ is of the same time of day");
    const seconds = { ...session, config: { grid: gridConfig(500), label: LABEL } };
    expect(dataWarnings(seconds, 7)[0]).toContain("needs a --step of 1s or more");
  });
});

describe("a dataset of ticks", () => {
  it("counts flat steps, and finds the step on which a sparse feed would have labels", () => {
    const blank = { symbol: "A", bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN };
    const label = completeLabelSpec({ horizonSteps: 5, windowSteps: 60, minCount: 30 }, gridConfig());
    const ticks = Array.from({ length: 600 }, (_, i) => {
      return { ...blank, tsMs: 20_000 * DAY_MS + Math.floor(i / 2) * 15_000 + (i % 2) * 2000, price: 100 + i, id: i };
    });
    const data = buildDataset(ticks, { grid: gridConfig(), label });
    expect(data.labelStepMs).toBe(10_000);
    expect(data.tally.void).toBeGreaterThan(0);
    const still = Array.from({ length: 600 }, (_, i) => ({ ...ticks[i]!, tsMs: 20_000 * DAY_MS + i * 1000, price: 7 }));
    const flat = buildDataset(still, { grid: gridConfig(), label });
    expect(flat.tally).toMatchObject({ eligible: 0, flat: 599 - (5 + 30 - 1) });
    expect(flat.labelStepMs).toBe(1000);
  });
});
