import { describe, expect, it } from "vitest";
import { PendingPredictions } from "../../src/quality/pending-predictions.ts";
import { MAX_PLACES } from "../../src/quality/quality-series.ts";
import { SeriesCatalogue, type SeriesEntry } from "../../src/quality/series-catalogue.ts";
import { model } from "./simulated-steps.ts";

const catalogue = new SeriesCatalogue();
catalogue.use([model("a"), model("b")], undefined);
const [a, b] = catalogue.current as [SeriesEntry, SeriesEntry];

function waiting(): PendingPredictions {
  const pending = new PendingPredictions();
  pending.reset(a.place, 60);
  pending.reset(b.place, 60);
  return pending;
}

describe("predictions that wait for their label", () => {
  it("are given out once, to their own model and step", () => {
    const pending = waiting();
    pending.park(a, 7, 0.25, 0.5);
    expect(pending.raw(a, 7)).toBe(0.5);
    expect(pending.resolve(b, 7)).toBeNaN();
    expect(pending.resolve(a, 8)).toBeNaN();
    expect(pending.resolve(a, 7)).toBe(0.25);
    expect(pending.resolve(a, 7)).toBeNaN();
  });

  it("wait for one horizon: the step after that takes their room", () => {
    const pending = waiting();
    pending.park(a, 0, 0.25, 0.25);
    pending.park(a, 59, 0.5, 0.5);
    expect(pending.resolve(a, 59)).toBe(0.5);
    pending.park(a, 60, 0.75, 0.75);
    expect(pending.resolve(a, 0)).toBe(0.75);
  });

  it("are none before the first step, and after they were dropped", () => {
    const pending = waiting();
    expect(pending.resolve(a, -60)).toBeNaN();
    pending.park(a, 3, 0.5, 0.5);
    pending.park(b, 3, 0.5, 0.5);
    pending.drop(a);
    expect([pending.resolve(a, 3), pending.resolve(b, 3)]).toEqual([NaN, 0.5]);
  });

  it("come back from what was stored, and a place of another horizon begins empty", () => {
    const pending = waiting();
    pending.park(a, 3, 0.5, 0.5);
    const loaded = new PendingPredictions();
    loaded.load(pending.arrays);
    loaded.fit(a.place, 60);
    expect(loaded.raw(a, 3)).toBe(0.5);
    expect(loaded.resolve(a, 3)).toBe(0.5);
    loaded.park(b, 3, 0.5, 0.5);
    loaded.fit(b.place, 30);
    expect(loaded.resolve(b, 3)).toBeNaN();
    expect(loaded.sizeBytes).toBe(2 * (60 + 30) * 4);
  });

  it("take what was answered for the model's own where a state of before has no other", () => {
    const pending = waiting();
    pending.park(a, 3, 0.5, 0.25);
    const loaded = new PendingPredictions();
    loaded.load(pending.arrays.slice(0, MAX_PLACES));
    loaded.fit(a.place, 60);
    expect(loaded.raw(a, 3)).toBe(0.5);
  });
});
