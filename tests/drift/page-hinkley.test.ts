import { describe, expect, it } from "vitest";
import { PageHinkley } from "../../src/drift/page-hinkley.ts";
import { firing, riverSequence } from "./river-sequence.ts";

const SEQUENCE = { n: 2000, seed: 9, means: [0.3, 0.7, 0.3], slope: 0, noise: 0.2 };

describe("Page–Hinkley", () => {
  it("sums the deviations from the running mean: 0 0 3 fires at the third above 1", () => {
    const detector = new PageHinkley({ minInstances: 1, delta: 0, threshold: 1, mode: "up" });
    expect(firing(detector, [0, 0, 3])).toEqual([2]);
    expect(detector.estimation).toBe(1);
    expect(detector.width).toBe(3);
  });

  it("looks up, down, or both ways", () => {
    const values = riverSequence(SEQUENCE);
    const fired = (mode: "up" | "down" | "both") =>
      firing(new PageHinkley({ threshold: 5, delta: 0.05, mode }), values);
    expect(fired("up").some((i) => i > 666 && i < 700)).toBe(true);
    expect(fired("down").some((i) => i > 1333 && i < 1400)).toBe(true);
    expect(fired("both")[0]).toBe(fired("up")[0]);
  });

  it("starts afresh with the value after firing", () => {
    const detector = new PageHinkley({ minInstances: 1, delta: 0, threshold: 1, mode: "up" });
    firing(detector, [0, 0, 3]);
    detector.update(7);
    expect([detector.drifted, detector.width, detector.estimation]).toEqual([false, 1, 7]);
  });

  it("puts the change where the sum began to rise", () => {
    const detector = new PageHinkley({ minInstances: 1, delta: 0.1, threshold: 3, mode: "up" });
    expect(firing(detector, [...Array<number>(50).fill(1), ...Array<number>(4).fill(2)])).toEqual([53]);
    expect(detector.means.before).toBeCloseTo(1, 12);
    expect(detector.means.after).toBeCloseTo(2, 12);
  });

  it("never fires on equal values, and has no mean before the first", () => {
    const detector = new PageHinkley({ minInstances: 1, threshold: 0.1 });
    expect(detector.estimation).toBeNaN();
    expect(
      firing(new PageHinkley({ minInstances: 1, delta: 0, threshold: 1, mode: "up" }), Array<number>(500).fill(4)),
    ).toEqual([]);
  });

  it("ignores values that are not finite", () => {
    const values = riverSequence(SEQUENCE);
    const holes = values.flatMap((x, i) => (i % 3 === 0 ? [NaN, x, Infinity] : [x]));
    const plain = new PageHinkley({ threshold: 5 });
    const holey = new PageHinkley({ threshold: 5 });
    expect(firing(holey, holes).length).toBe(firing(plain, values).length);
    expect(holey.save()).toEqual(plain.save());
  });

  it("continues from a saved state", () => {
    const values = riverSequence(SEQUENCE);
    for (const at of [0, 1, 500, 690, 1999]) {
      const whole = new PageHinkley({ threshold: 3 });
      const expected = firing(whole, values);
      const first = new PageHinkley({ threshold: 3 });
      const before = firing(first, values.slice(0, at));
      const second = new PageHinkley({ threshold: 3 });
      second.load(Float64Array.from(first.save()));
      const after = firing(second, values.slice(at)).map((i) => i + at);
      expect([...before, ...after]).toEqual(expected);
      expect(second.save()).toEqual(whole.save());
    }
  });

  it("refuses parameters and states out of range, naming them", () => {
    expect(() => new PageHinkley({ delta: -1 })).toThrow(/^delta: got -1/);
    expect(() => new PageHinkley({ threshold: NaN })).toThrow(/^threshold: got NaN/);
    expect(() => new PageHinkley().load([1, 2])).toThrow(/got 2 numbers, expected 11/);
  });
});
