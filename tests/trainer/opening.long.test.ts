// A market that never closes and whose half hour from 13:30 UTC is four times as volatile, by the label of the last
// values and by that of the same time of day.
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import type { Tick } from "../../src/features/tick.ts";
import { timeOfDay } from "../../trainer/rows/base-rate-by-time.ts";
import { dataWarnings } from "../../trainer/rows/data-warnings.ts";
import { buildDataset, type Dataset } from "../../trainer/rows/dataset.ts";
import { parseConfig } from "../../trainer/run/config.ts";

const DAY_MS = 86_400_000;
const OPEN_MINUTE = 810;

function ticksOf(days: number): Tick[] {
  const random = new SeededRandom("opening");
  const blank = { symbol: "A", bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN };
  const ticks: Tick[] = [];
  let price = 100;
  let level = 1;
  for (let minute = 0; minute < days * 1440; minute++) {
    if (random.uniform() < 1 / 60) level = 0.6 + 1.2 * random.uniform();
    const ofDay = minute % 1440;
    const scale = 1e-4 * level * (ofDay >= OPEN_MINUTE && ofDay < OPEN_MINUTE + 30 ? 4 : 1);
    for (let k = 0; k < 4; k++) {
      price *= 1 + scale * (random.uniform() + random.uniform() + random.uniform() - 1.5);
      ticks.push({ ...blank, tsMs: 20_000 * DAY_MS + minute * 60_000 + k * 15_000, price, id: ticks.length });
    }
  }
  return ticks;
}

/** The base rate of the horizons that ended in the half hour, and in all others. */
function baseRates({ rows }: Dataset): { open: number; rest: number } {
  const counts = [0, 0];
  const spikes = [0, 0];
  for (let k = 0; k < rows.count; k++) {
    const minute = Math.floor((rows.tsMs[k]! % DAY_MS) / 60_000);
    const at = minute >= OPEN_MINUTE && minute < OPEN_MINUTE + 30 ? 1 : 0;
    counts[at]! += 1;
    spikes[at]! += rows.label[k]!;
  }
  return { open: spikes[1]! / counts[1]!, rest: spikes[0]! / counts[0]! };
}

describe("an opening four times as volatile", () => {
  const ticks = ticksOf(30);
  const bars = '"measure":"parkinson","horizonSteps":1';

  it("is nearly all spikes by the label of the last values, and that is said", () => {
    const data = buildDataset(ticks, parseConfig({ step: "60s", label: `{${bars},"windowSteps":1440}` }).engine);
    const { open, rest } = baseRates(data);
    expect(open).toBeGreaterThan(0.8);
    expect(rest).toBeLessThan(0.1);
    expect(dataWarnings(data, 7)).toEqual([expect.stringContaining("the base rate depends on the time of day")]);
  });

  it("has the base rate of the rest of the day by the label of the same time of day", () => {
    const label = `{"kind":"time-of-day-quantile",${bars}}`;
    const data = buildDataset(ticks, parseConfig({ step: "60s", label }).engine);
    const { open, rest } = baseRates(data);
    expect(Math.abs(open - rest)).toBeLessThan(0.03);
    expect(Math.abs(rest - 0.1)).toBeLessThan(0.03);
    expect(timeOfDay(data, 7)!.pValue).toBeGreaterThan(0.01);
    expect(dataWarnings(data, 7)).toEqual([]);
  });
});
