import { describe, expect, it } from "vitest";
import { type AdviceFacts, choseBaseline, dataAdvice } from "../../trainer/run/data-advice.ts";

const HOUR = 3_600_000;

/** A run over so many hours. */
function facts(hours: number, training: number, test: number, refitted = "persistence"): AdviceFacts {
  const families = [
    { family: "persistence", baseline: true },
    { family: "gbdt", baseline: false },
  ];
  return {
    data: { fromMs: 0, toMs: hours * HOUR },
    folds: [{ train: { episodes: training + 4 } }, { train: { episodes: training } }],
    test: { episodes: test },
    families,
    chosen: { refitted },
    settings: { "min-episodes": "10", step: "1s" },
  } as unknown as AdviceFacts;
}

describe("dataAdvice", () => {
  it("says what the data holds, how much more is needed, and what else could be done", () => {
    const [first, ...others] = dataAdvice(facts(20, 3, 8));
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
    expect(dataAdvice(facts(5, 0, 0))[0]).toContain("how much of it cannot be told from none");
  });

  it("is silent where the data carries a model, and says so where none was better", () => {
    expect(dataAdvice(facts(500, 40, 60, "gbdt"))).toEqual([]);
    expect(dataAdvice(facts(500, 40, 60))).toEqual([expect.stringContaining("no learned family was better")]);
    expect(choseBaseline(facts(500, 40, 60))).toBe(true);
  });
});
