import { describe, expect, it } from "vitest";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { type Imbalance, resampled, rowWeights, spikeWeight } from "../../trainer/fit/imbalance.ts";
import { allRows } from "../../trainer/folds/split.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const NO_IMBALANCE: Imbalance = { spikeWeight: 1, calmShare: 1 };

const data = buildDataset(volatileTicks(4000));
const rows = allRows(data);
const spikes = rows.filter((k) => data.rows.label[k] === 1).length;
const calm = rows.length - spikes;

describe("imbalance", () => {
  it("neither weighs nor drops rows by default", () => {
    expect(spikeWeight(NO_IMBALANCE, data, rows)).toBe(1);
    expect(rowWeights(NO_IMBALANCE, data, rows)).toBeUndefined();
    expect(resampled(NO_IMBALANCE, data, rows, 1)).toBe(rows);
  });

  it("balances both classes to the same sum of weights", () => {
    const weights = rowWeights({ spikeWeight: "balanced", calmShare: 1 }, data, rows)!;
    const sum = (label: number): number =>
      rows.reduce((s, k, i) => s + (data.rows.label[k] === label ? weights[i]! : 0), 0);
    expect(sum(1)).toBeCloseTo(sum(0), 9);
    expect(sum(0)).toBe(calm);
  });

  it("has no weight to give where one outcome is missing", () => {
    const onlyCalm = rows.filter((k) => data.rows.label[k] === 0);
    expect(spikeWeight({ spikeWeight: "balanced", calmShare: 1 }, data, onlyCalm)).toBe(1);
  });

  it("keeps every spike and the share of the calm rows, the same ones for the same seed", () => {
    const kept = resampled({ spikeWeight: 1, calmShare: 0.3 }, data, rows, 7);
    expect(kept.filter((k) => data.rows.label[k] === 1)).toHaveLength(spikes);
    expect((kept.length - spikes) / calm).toBeGreaterThan(0.25);
    expect((kept.length - spikes) / calm).toBeLessThan(0.35);
    expect(resampled({ spikeWeight: 1, calmShare: 0.3 }, data, rows, 7)).toEqual(kept);
    expect(resampled({ spikeWeight: 1, calmShare: 0.3 }, data, rows, 8)).not.toEqual(kept);
  });
});
