import { describe, expect, it } from "vitest";
import { stretchSample, thinned } from "../../trainer/rows/stretch-sample.ts";

describe("a sample of stretches", () => {
  it("is one number of each equal stretch, the same for the same arguments", () => {
    const sample = stretchSample(10_000, 100);
    expect(sample).toHaveLength(100);
    sample.forEach((k, s) => expect(Math.floor(k / 100)).toBe(s));
    expect(stretchSample(10_000, 100)).toEqual(sample);
  });

  it("is not every n-th number: all minutes of the hour come", () => {
    expect(new Set(stretchSample(60_000, 1000).map((k) => k % 60)).size).toBe(60);
  });

  it("holds no number twice where stretches are no whole numbers", () => {
    for (const wanted of [340, 490, 700, 999]) expect(new Set(stretchSample(1000, wanted)).size).toBe(wanted);
  });

  it("is all numbers where no more are there than wanted", () => {
    expect([...stretchSample(3, 3)]).toEqual([0, 1, 2]);
    expect([...stretchSample(0, 3)]).toEqual([]);
  });

  it("thins a list of rows, and leaves a short one as it is", () => {
    const rows = Int32Array.from({ length: 1000 }, (_, k) => 3 * k + 1);
    const few = thinned(rows, 10);
    expect(few).toHaveLength(10);
    few.forEach((row, s) => expect(Math.floor((row - 1) / 300)).toBe(s));
    expect(thinned(rows, 1000)).toBe(rows);
  });
});
