import { describe, expect, it } from "vitest";
import { assignBlocks } from "../../trainer/evaluate/intervals/assign-blocks.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { symbolFigures } from "../../trainer/evaluate/symbol-figures.ts";
import { brierGain } from "../../trainer/gate/brier-gain.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { allRows } from "../../trainer/folds/split.ts";
import type { Predictions } from "../../trainer/score/predictions.ts";
import { seededUniform, volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset([...volatileTicks(9000, { symbol: "B-USD" }), ...volatileTicks(8000, { symbol: "A-USD", seed: 4 })]); // prettier-ignore
const rows = allRows(data);
const labels = Uint8Array.from(rows, (k) => data.rows.label[k]!);

function predictionsOf(chosen: string, refused: string | null = null): Predictions {
  const uniform = seededUniform(7);
  const family = (name: string, skill: number, why: string | null = null) => {
    const probabilities = Float32Array.from(labels, (y) => 0.1 + skill * y + 0.2 * uniform());
    return {
      family: name,
      probabilities,
      thresholds: new Float64Array(rows.length).fill(0.5),
      refused: why,
      seconds: 0,
    };
  };
  const families = new Map([
    ["persistence", family("persistence", 0.05)],
    ["har", family("har", 0.3, refused)],
  ]);
  return {
    rows,
    families,
    chosen: { family: chosen, why: "" },
    reference: { family: "persistence", why: "" },
  } as unknown as Predictions;
}

describe("figures of each symbol", () => {
  it("are those of its own test rows", () => {
    const predictions = predictionsOf("har");
    const { family, symbols, means } = symbolFigures(data, predictions);
    expect([family, ...symbols.map(({ symbol }) => symbol)]).toEqual(["har", "A-USD", "B-USD"]);
    for (const [s, report] of symbols.entries()) {
      const places = [...rows.keys()].filter((i) => data.rows.symbol[rows[i]!] === s);
      const own = Uint8Array.from(places, (i) => labels[i]!);
      const [har, persistence] = ["har", "persistence"].map((name) =>
        Float32Array.from(places, (i) => predictions.families.get(name)!.probabilities[i]!),
      );
      expect([report.rows, report.positives]).toEqual([places.length, own.reduce((a, b) => a + b, 0)]);
      expect(report.prAuc!.value).toBeCloseTo(averagePrecision(own, har!), 12);
      const blocks = assignBlocks(
        data.rows,
        Int32Array.from(places, (i) => rows[i]!),
      );
      expect(report.gain).toEqual(brierGain(own, blocks, har!, persistence!));
      expect(report.gain!.value).toBeCloseTo(brierScore(own, persistence!) - brierScore(own, har!), 9);
    }
    expect(means.prAuc).toBeCloseTo((symbols[0]!.prAuc!.value + symbols[1]!.prAuc!.value) / 2, 12);
  });

  it("have no gain of the baseline over itself, and no figures of what was not fitted", () => {
    const itself = symbolFigures(data, predictionsOf("persistence"));
    expect(itself.symbols.map(({ gain }) => gain)).toEqual([null, null]);
    expect(itself.means.gain).toBeNull();
    expect(itself.means.prAuc).not.toBeNull();
    const refused = symbolFigures(data, predictionsOf("har", "too few"));
    expect(refused.symbols.map(({ prAuc, rows: count }) => [prAuc, count > 0])).toEqual([[null, true], [null, true]]); // prettier-ignore
  });

  it("are left out where all rows are of one symbol", () => {
    const one = buildDataset(volatileTicks(9000));
    const only = allRows(one);
    const part = { ...predictionsOf("har"), rows: only } as unknown as Predictions;
    expect(symbolFigures(one, part).symbols).toEqual([]);
  });
});
