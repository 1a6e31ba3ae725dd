import { describe, expect, it } from "vitest";
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import { BASELINE_FAMILIES } from "../../src/model/manifest.ts";
import type { Candidate, FitContext, PreparedCandidate } from "../../trainer/candidates/candidate.ts";
import { CANDIDATES, REQUIRED } from "../../trainer/candidates/families.ts";
import { har, harColumns } from "../../trainer/candidates/har.ts";
import { logistic } from "../../trainer/candidates/logistic.ts";
import { persistence } from "../../trainer/candidates/persistence.ts";
import { recent } from "../../trainer/candidates/recent.ts";
import { chooseReference } from "../../trainer/fit/choose-reference.ts";
import { type FamilyFit, fitFamilies } from "../../trainer/fit/fit-families.ts";
import { fitModel } from "../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { allRows, purgedSplit } from "../../trainer/folds/split.ts";
import type { Dataset } from "../../trainer/rows/dataset.ts";
import { LabelledRows } from "../../trainer/rows/labelled-rows.ts";
import { baselineMarket, HALF_LIVES } from "./baseline-rows.ts";

const contextOf = (data: Dataset): FitContext => ({
  data,
  row: "default-2",
  seed: 1,
  threads: 1,
  imbalance: { spikeWeight: 1, calmShare: 1 },
});

function prepared(candidate: typeof persistence, data: Dataset): PreparedCandidate {
  const found = candidate.prepare(contextOf(data), allRows(data), []);
  if ("refused" in found) throw new Error(found.refused);
  return found;
}

function baselinesOf(data: Dataset, train: Int32Array): FamilyFit[] {
  const candidates = CANDIDATES.filter(({ family }) => ["persistence", "recent", "har"].includes(family));
  const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
  return fitFamilies(contextOf(data), { candidates, blend: false, policy, minEpisodes: 1 }, train);
}

describe("persistence", () => {
  it.each([1, 5, 30, 120] as const)("has the half-life of %i horizons that the market has", (halfLife) => {
    const data = baselineMarket({ halfLife, rows: 4000, seed: halfLife });
    const { fit, notes } = prepared(persistence, data);
    expect(fit(allRows(data)).features).toEqual([`ewma_parkinson_h${halfLife}_over_tau`]);
    // The note has the loss of every candidate, so that a reader sees by how much it was chosen.
    for (const h of HALF_LIVES) expect(notes[0]).toMatch(new RegExp(`ewma_rv_h${h}_over_tau 0\\.\\d{5}`));
    expect(notes[0]).toMatch(/^ewma_parkinson_h\d+_over_tau of training log loss \(/);
  });

  it("leaves out a column that the data do not have, names it, and is refused without any", () => {
    const data = baselineMarket({ halfLife: 5, rows: 3000, seed: 3 });
    const blank = (name: string): void => {
      const at = DEFAULT_2.findIndex((column) => column.name === name);
      for (let k = 0; k < data.rows.count; k++) data.rows.values["default-2"][k * DEFAULT_2.length + at] = NaN;
    };
    blank("ewma_rv_h120_over_tau");
    expect(prepared(persistence, data).notes[1]).toBe("no finite training value of ewma_rv_h120_over_tau");
    data.rows.values["default-2"].fill(NaN);
    expect(persistence.prepare(contextOf(data), allRows(data), [])).toMatchObject({
      refused: expect.stringMatching(/^no finite training value of ewma_rv_h1_over_tau, /),
    });
  });
});

describe("the chosen column of two symbols", () => {
  /** The spikes of every third row, of symbol 1, have a shorter memory than those of the others. */
  function twoSymbols(): Dataset {
    const data = baselineMarket({ halfLife: 120, rows: 6000, seed: 12 });
    const other = baselineMarket({ halfLife: 1, rows: 6000, seed: 12 });
    for (const k of allRows(data)) {
      if (k % 3 !== 0) continue;
      data.rows.symbol[k] = 1;
      data.rows.label[k] = other.rows.label[k]!;
    }
    return data;
  }

  it("is the one that it would be with the rows of weight 2 there twice", () => {
    const data = twoSymbols();
    const rows = allRows(data);
    const twice = Int32Array.from([...rows].flatMap((k) => (k % 3 === 0 ? [k, k] : [k])));
    const noteOf = (given: Dataset, train: Int32Array): string => {
      const found = persistence.prepare(contextOf(given), train, []);
      if ("refused" in found) throw new Error(found.refused);
      return found.notes[0]!;
    };
    const lossesOf = (note: string): number[] => [...note.matchAll(/0\.\d{5}/g)].map(([loss]) => Number(loss));
    const columnOf = (note: string): string => note.split(" ")[0]!;
    const equal = noteOf({ ...data, symbolWeights: "equal" }, rows);
    const doubled = noteOf(data, twice);
    lossesOf(equal).forEach((loss, i) => expect(loss).toBeCloseTo(lossesOf(doubled)[i]!, 4));
    expect(columnOf(equal)).toBe(columnOf(doubled));
    expect(columnOf(noteOf(data, rows))).not.toBe(columnOf(equal));
  });
});

describe("a baseline of default-2", () => {
  it("is refused with the reason where that row was not kept, never replaced by a weaker one", () => {
    const made = baselineMarket({ halfLife: 5, rows: 500, seed: 1 });
    const data = { ...made, rows: new LabelledRows(10, ["default-1", "peer-10"]) };
    for (const candidate of [persistence, recent, har]) {
      expect(candidate.prepare(contextOf(data), Int32Array.of(0, 1), [])).toEqual({
        refused: "its columns are of the row default-2; kept are default-1, peer-10",
      });
    }
  });

  it("of HAR has the label's own measure, over a short, a middle and a long memory", () => {
    const data = baselineMarket({ halfLife: 5, rows: 3000, seed: 2 });
    const score = prepared(har, data).fit(allRows(data));
    expect([score.row, [...score.features].sort()]).toEqual(["default-2", [...harColumns("parkinson")].sort()]);
    data.rows.values["default-2"].fill(NaN);
    expect(har.prepare(contextOf(data), allRows(data), [])).toMatchObject({ refused: expect.any(String) });
  });
});

describe("a baseline's fit", () => {
  it("is the same whatever the options for learned families say, which must not make the gate easier", () => {
    const data = baselineMarket({ halfLife: 5, rows: 2500, seed: 6 });
    const rows = allRows(data);
    const fitOf = (candidate: Candidate, changed: boolean) => {
      const imbalance = changed ? { spikeWeight: 5, calmShare: 0.3 } : { spikeWeight: 1, calmShare: 1 };
      const policy = { calibration: changed ? "platt" : "auto", goal: { kind: "f1" } } as const;
      const found = fitModel(candidate, { ...contextOf(data), imbalance }, policy, rows, innerFolds(data, rows));
      if ("refused" in found) throw new Error(found.refused);
      return { ...found, score: found.score.scoreRow(data.rows.values["default-2"], 100 * DEFAULT_2.length) };
    };
    for (const candidate of [har, recent]) expect(fitOf(candidate, true)).toEqual(fitOf(candidate, false));
    expect(fitOf(logistic, true).score).not.toBe(fitOf(logistic, false).score);
  });
});

describe("the reference", () => {
  it("is the baseline of lowest loss on held-out training rows, and looks at no later row", () => {
    const data = baselineMarket({ halfLife: 5, rows: 6000, seed: 9 });
    const { train, test } = purgedSplit(data, allRows(data), data.rows.tsMs[4000]!);
    const chosen = chooseReference(data, baselinesOf(data, train), train);
    expect(chosen.why).toMatch(/^of the baselines, lowest held-out log loss in the training rows \(persistence 0\./);
    // On changed test rows another baseline would be best.
    for (const k of test) {
      data.rows.label[k] = data.rows.label[k] === 1 ? 0 : 1;
      data.rows.values["default-2"].fill(k % 7, k * DEFAULT_2.length, (k + 1) * DEFAULT_2.length);
    }
    expect(chooseReference(data, baselinesOf(data, train), train)).toEqual(chosen);
  });

  it("is chosen on the training rows themselves where no held-out row decides, and says so", () => {
    const data = baselineMarket({ halfLife: 5, rows: 3000, seed: 4 });
    const train = allRows(data);
    const fits = baselinesOf(data, train).map((fit) =>
      "refused" in fit.model ? fit : { ...fit, model: { ...fit.model, folds: [] } },
    );
    const { family, why } = chooseReference(data, fits, train);
    expect(why).toMatch(
      /lowest log loss on the training rows \(persistence .*\): no held-out rows with both outcomes$/,
    );
    const losses = [...why.matchAll(/([\w-]+) (0\.\d{5})/g)].map(([, name, loss]) => ({ name, loss: Number(loss) }));
    expect(losses.map(({ name }) => name)).toEqual(["persistence", "recent", "har"]);
    expect(losses.find(({ name }) => name === family)!.loss).toBe(Math.min(...losses.map(({ loss }) => loss)));
  });

  it("is one of the families that the gateway knows for baselines", () => {
    expect([...REQUIRED].sort()).toEqual([...BASELINE_FAMILIES].sort());
  });
});
