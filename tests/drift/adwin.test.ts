import { describe, expect, it } from "vitest";
import { Adwin } from "../../src/drift/adwin.ts";
import { firing, riverSequence } from "./river-sequence.ts";

const SEQUENCE = { n: 3000, seed: 10, means: [0.3, 0.6, 0.3], slope: 0, noise: 0.2 };

describe("ADWIN", () => {
  it("fires at the first look after a step: 0 for 320 values, then 1", () => {
    const values = Array.from({ length: 400 }, (_, i) => (i < 320 ? 0 : 1));
    expect(firing(new Adwin(), values)).toEqual([351]);
  });

  it("keeps all values while their mean holds, and the mean with them", () => {
    const values = riverSequence({ ...SEQUENCE, means: [0.3, 0.3, 0.3] });
    const detector = new Adwin();
    expect(firing(detector, values)).toEqual([]);
    expect(detector.width).toBe(3000);
    expect(detector.estimation).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / 3000, 9);
  });

  it("drops what came before a change", () => {
    const detector = new Adwin({ clock: 1 });
    const values = riverSequence(SEQUENCE);
    const at = firing(detector, values)[0]!;
    expect(at).toBeGreaterThan(1000);
    expect(at).toBeLessThan(1050);
    const again = new Adwin({ clock: 1 });
    for (const x of values.slice(0, at + 1)) again.update(x);
    expect(again.drifted).toBe(true);
    expect(again.width).toBeLessThan(at);
    again.update(0.5);
    expect([again.drifted, again.width, again.estimation]).toEqual([false, 1, 0.5]);
  });

  it("has no mean without values, and does not fire on equal values", () => {
    expect(new Adwin().estimation).toBeNaN();
    expect(firing(new Adwin({ clock: 1, delta: 0.5 }), Array<number>(2000).fill(3))).toEqual([]);
  });

  it("ignores values that are not finite", () => {
    const values = riverSequence(SEQUENCE);
    const holey = new Adwin();
    const plain = new Adwin();
    firing(
      holey,
      values.flatMap((x, i) => (i % 3 === 0 ? [NaN, x, -Infinity] : [x])),
    );
    firing(plain, values);
    expect(holey.save()).toEqual(plain.save());
  });

  it("continues from a saved state", () => {
    const values = riverSequence(SEQUENCE);
    const whole = new Adwin({ clock: 8 });
    const expected = firing(whole, values);
    for (const at of [0, 1, 777, expected[0]! + 1, 2999]) {
      const first = new Adwin({ clock: 8 });
      const before = firing(first, values.slice(0, at));
      const second = new Adwin({ clock: 8 });
      second.load(Float64Array.from(first.save()));
      expect([...before, ...firing(second, values.slice(at)).map((i) => i + at)]).toEqual(expected);
      expect(second.save()).toEqual(whole.save());
    }
  });

  it("stays small: buckets grow with the logarithm of the window", () => {
    const detector = new Adwin();
    for (const x of riverSequence({ ...SEQUENCE, n: 100_000, means: [0, 0, 0] })) detector.update(x);
    expect(detector.width).toBe(100_000);
    expect(detector.save().length).toBeLessThan(250);
  });

  it("refuses parameters and states out of range, naming them", () => {
    expect(() => new Adwin({ delta: 0 })).toThrow(/^delta: got 0/);
    expect(() => new Adwin({ clock: 1.5 })).toThrow(/^clock: got 1.5/);
    for (const state of [[], [1, 2, 3], [1, 1, 1, 0, 0, 1, 1, 5], [1, 1, 1, 0, 0, 2, 1, 5, 0]]) {
      expect(() => new Adwin().load(state)).toThrow(RangeError);
    }
  });
});
