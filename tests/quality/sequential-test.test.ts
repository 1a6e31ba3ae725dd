import { describe, expect, it } from "vitest";
import { SequentialTest } from "../../src/quality/promotion/sequential-test.ts";
import { randomGains } from "./sequential-gains.ts";

describe("a sequential test", () => {
  it("starts at 1 and multiplies by 1 + λ d, as three gains of 0.2 show", () => {
    const test = new SequentialTest();
    expect([test.value, test.logE, test.blocks, test.lambda]).toEqual([1, 0, 0, 0.5]);
    for (let i = 0; i < 3; i++) test.update(0.2);
    expect(test.value).toBeCloseTo(1.331, 12);
    expect(test.blocks).toBe(3);
  });

  it("is the product that a slow computation from all gains gives, with stakes from earlier gains only", () => {
    const gains = randomGains({ seed: 3, count: 400, mean: 0, deviation: 0.2, correlation: 0.3 });
    const test = new SequentialTest();
    let product = 1;
    let cautious = 0;
    gains.forEach((gain, b) => {
      const before = [...gains.subarray(0, b)];
      const mean = (before.reduce((sum, d) => sum + d, 0) + 20 * 0.002) / (b + 20);
      const square = (before.reduce((sum, d) => sum + d * d, 0) + 20 * (0.03 ** 2 + 0.002 ** 2)) / (b + 20);
      const lambda = Math.min(Math.max(mean / square, 0), 0.5);
      expect(test.lambda).toBeCloseTo(lambda, 10);
      product *= 1 + lambda * gain;
      cautious += Number(lambda > 0 && lambda < 0.5);
      test.update(gain);
      expect(test.value / product).toBeCloseTo(1, 10);
    });
    expect(cautious).toBeGreaterThan(50);
  });

  it("stops betting when the gains are losses, and so keeps what it has", () => {
    const test = new SequentialTest();
    for (let i = 0; i < 50; i++) test.update(-0.02);
    expect(test.lambda).toBe(0);
    const { value } = test;
    for (let i = 0; i < 1000; i++) test.update(-0.02);
    expect(test.value).toBe(value);
    expect(value).toBeGreaterThan(0.9);
  });

  it("never falls below half per gain, survives the worst gains, and stays 1 on gains of nothing", () => {
    const worst = new SequentialTest();
    for (let i = 0; i < 2000; i++) worst.update(i % 2 === 0 ? 1 : -1);
    expect(worst.value).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(worst.logE)).toBe(true);
    const none = new SequentialTest();
    for (let i = 0; i < 100; i++) none.update(0);
    expect(none.value).toBe(1);
  });

  it("leaves out what is no number and takes what is out of range as the end of it", () => {
    const test = new SequentialTest();
    for (const gain of [NaN, Infinity, -Infinity]) test.update(gain);
    expect(test.toJSON()).toEqual(new SequentialTest().toJSON());
    test.update(7);
    expect(test.value).toBeCloseTo(1.5, 12);
  });

  it("goes on from its state exactly as if it had never stopped", () => {
    const gains = randomGains({ seed: 5, count: 200, mean: 0.004, deviation: 0.05, correlation: 0 });
    const whole = new SequentialTest();
    let parts = new SequentialTest();
    for (const gain of gains) {
      whole.update(gain);
      parts.update(gain);
      parts = SequentialTest.from(JSON.parse(JSON.stringify(parts)) as ReturnType<SequentialTest["toJSON"]>);
    }
    expect(parts.toJSON()).toEqual(whole.toJSON());
  });

  it("refuses a state that no test can have, and says which", () => {
    const good = { blocks: 2, sum: 0.1, sumOfSquares: 0.2, logE: 1 };
    expect(SequentialTest.from(good).toJSON()).toEqual(good);
    for (const wrong of [
      { blocks: -1 },
      { blocks: 0.5 },
      { sum: 3 },
      { sum: NaN },
      { sumOfSquares: -1 },
      { logE: NaN },
    ]) {
      const [field, got] = Object.entries(wrong)[0]!;
      expect(() => SequentialTest.from({ ...good, ...wrong })).toThrow(`state.${field}: got ${got}, expected`);
    }
  });
});
