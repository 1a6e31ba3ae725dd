import { DEFAULT_ENGINE_CONFIG, type EngineConfig } from "../../src/features/feature-engine.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { hoursOfData } from "../../trainer/rows/hours-of-data.ts";
import { nothingEligibleText } from "../../trainer/rows/nothing-eligible.ts";
import { newTally } from "../../trainer/rows/tally.ts";
import { volatileTicks } from "./volatile-ticks.ts";
import { describe, expect, it } from "vitest";
import { type AdviceFacts, choseBaseline, dataAdvice } from "../../trainer/run/data-advice.ts";

/** A run with so many episodes. */
function facts(training: number, test: number, refitted = "persistence"): AdviceFacts {
  const families = [
    { family: "persistence", baseline: true },
    { family: "gbdt", baseline: false },
  ];
  return {
    folds: [{ train: { episodes: training + 4 } }, { train: { episodes: training } }],
    test: { episodes: test },
    families,
    chosen: { refitted },
    settings: { "min-episodes": "10", step: "1s" },
  } as unknown as AdviceFacts;
}

describe("dataAdvice", () => {
  it("says what the data holds, how much more is needed, and what else could be done", () => {
    const [first, ...others] = dataAdvice(facts(3, 8), 20);
    expect(first).toBe(
      "20 h of data hold 3 training episodes in the smallest fold and 8 test episodes; a learned model is fitted on at " +
        "least 10 and passes the gate with at least 30: about 55 h more of such a market are needed",
    );
    expect(others).toEqual([
      expect.stringContaining("lower --min-episodes to 3"),
      expect.stringContaining("--step 60s"),
    ]);
  });

  it("names no hours where there is no episode to count by", () => {
    expect(dataAdvice(facts(0, 0), 5)[0]).toContain("how much of it cannot be told from none");
  });

  it("is silent where the data carries a model, and says so where none was better", () => {
    expect(dataAdvice(facts(40, 60, "gbdt"), 500)).toEqual([]);
    expect(dataAdvice(facts(40, 60), 500)).toEqual([expect.stringContaining("no learned family was better")]);
    expect(choseBaseline(facts(40, 60))).toBe(true);
  });
});

describe("hoursOfData", () => {
  it("counts closed steps, not the days between two recordings, and each symbol's own", () => {
    const first = volatileTicks(3600);
    const later = volatileTicks(3600).map((tick) => ({ ...tick, tsMs: tick.tsMs + 5 * 86_400_000 }));
    const days = buildDataset([...first, ...later]);
    expect(hoursOfData(days)).toBeCloseTo(2, 1);
    const two = [...first, ...first.map((tick) => ({ ...tick, symbol: "OTHER" }))].sort((a, b) => a.tsMs - b.tsMs);
    expect(hoursOfData(buildDataset(two))).toBeCloseTo(1, 1);
  });
});

describe("nothingEligibleText", () => {
  const label = { ...DEFAULT_ENGINE_CONFIG.label, measure: "parkinson", windowSteps: 1440 } as const;
  const minutes = {
    ...DEFAULT_ENGINE_CONFIG,
    grid: { ...DEFAULT_ENGINE_CONFIG.grid, stepMs: 60_000, maxAgeMs: 120_000 },
    label,
  };
  const facts = (steps: number, config: EngineConfig) => ({
    tally: { ...newTally(), steps },
    config,
    symbols: ["A"],
  });

  it("says how many hours are missing, and names bars only where none were asked for", () => {
    const short = nothingEligibleText(facts(299, DEFAULT_ENGINE_CONFIG));
    expect(short).toContain("in 299 steps of 1 s");
    expect(short).toContain("at least 0.2 h more of data are needed; bars of one minute need --step 60s");
    const bars = nothingEligibleText(facts(399, minutes));
    expect(bars).toMatch(/and 900 volatilities before it in one segment; at least 8.4 h more of data are needed$/);
    expect(nothingEligibleText(facts(5000, DEFAULT_ENGINE_CONFIG))).not.toContain("more of data");
  });
});
