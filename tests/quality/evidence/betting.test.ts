import { describe, expect, it } from "vitest";
import { Betting, type BettingState } from "../../../src/quality/evidence/betting.ts";
import { randomGains } from "../sequential-gains.ts";

const LOG_20 = Math.log(20);

function after(gains: ArrayLike<number>): Betting {
  const betting = new Betting();
  for (let i = 0; i < gains.length; i++) betting.update(gains[i]!);
  return betting;
}

describe("betting on bounded gains", () => {
  it("starts at 1 with the prior's stake, as one gain of 0.2 shows", () => {
    const betting = new Betting();
    expect([betting.value, betting.logE, betting.gains, betting.groupLength]).toEqual([1, 0, 0, 1]);
    expect(betting.stake).toBeCloseTo(0.308, 3);
    betting.update(0.2);
    expect(betting.value).toBeCloseTo(1.062, 3);
  });

  it("is the product that a slow computation gives, with stakes and groups from earlier gains only", () => {
    const gains = randomGains({ seed: 3, count: 600, mean: 0, deviation: 0.3, correlation: 0.4 });
    const betting = new Betting();
    let product = 1;
    const lengths = new Set<number>();
    for (let from = 0; from < gains.length;) {
      const [length, stake] = slowGroup([...gains.subarray(0, from)]);
      expect(betting.groupLength).toBe(length);
      expect(betting.stake).toBeCloseTo(stake, 10);
      const group = [...gains.subarray(from, from + length)];
      for (const gain of group) betting.update(gain);
      if (group.length === length) product *= 1 + (stake * group.reduce((sum, g) => sum + g, 0)) / length;
      expect(betting.value / product).toBeCloseTo(1, 10);
      lengths.add(length);
      from += length;
    }
    expect([...lengths].sort()).toEqual([1, 2, 4, 8]);
  });

  it("bets on single gains while they are far larger than their noise, however they correlate", () => {
    const gains = randomGains({ seed: 4, count: 400, mean: 0.06, deviation: 0.04, correlation: 0.4 });
    expect(after(gains).groupLength).toBe(1);
    expect(after(gains.map((gain) => gain - 0.06)).groupLength).toBeGreaterThan(1);
  });

  it("keeps a tenth per bet at worst, stops betting on losses, and stays 1 on gains of nothing", () => {
    const worst = after(Float64Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 1 : -1)));
    expect(Number.isFinite(worst.logE)).toBe(true);
    const losing = after(new Float64Array(100).fill(-0.3));
    expect(losing.stake).toBe(0);
    expect(losing.value).toBeGreaterThan(0.1);
    expect(after(new Float64Array(100)).value).toBe(1);
  });

  it("has a value that JSON can say however long it wins", () => {
    const betting = after(new Float64Array(2500).fill(0.4));
    expect(betting.logE).toBeGreaterThan(710);
    expect(JSON.parse(JSON.stringify(betting.value))).toBe(Number.MAX_VALUE);
  });

  it("skips what is not finite and clips what is out of range", () => {
    expect(after([NaN, Infinity, -Infinity]).toJSON()).toEqual(new Betting().toJSON());
    expect(after([7]).toJSON()).toEqual(after([1]).toJSON());
  });

  it("goes on from its state exactly as if it had never stopped, also within a group", () => {
    const gains = randomGains({ seed: 5, count: 500, mean: 0, deviation: 0.2, correlation: 0.5 });
    const whole = new Betting();
    let parts = new Betting();
    for (const gain of gains) {
      whole.update(gain);
      parts.update(gain);
      parts = Betting.from(JSON.parse(JSON.stringify(parts)) as BettingState);
    }
    expect(whole.groupLength).toBeGreaterThan(1);
    expect(parts.toJSON()).toEqual(whole.toJSON());
  });

  it("refuses a state that no process can have, and says why", () => {
    const good = after([0.1, 0.2]).toJSON();
    expect(Betting.from(good).toJSON()).toEqual(good);
    for (const wrong of [
      { gains: -1 },
      { logE: NaN },
      { length: 0 },
      { stake: 1 },
      { filled: 1 },
      { length: 4, filled: 1, filledSum: 2 },
      { moments: good.moments.slice(1) },
    ]) {
      const [field] = Object.keys(wrong).slice(-1);
      expect(() => Betting.from({ ...good, ...wrong }), field).toThrow(`state.${field}`);
    }
  });

  it.each([
    { deviation: 0.05, correlation: 0 },
    { deviation: 0.2, correlation: 0 },
    { deviation: 0.2, correlation: 0.3 },
  ])("reaches 20 in at most 5 % of 600 null runs of 600 gains: %o", ({ deviation, correlation }) => {
    let hits = 0;
    let ends = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const betting = new Betting();
      const gains = randomGains({ seed, count: 600, mean: 0, deviation, correlation });
      let reached = false;
      for (const gain of gains) {
        betting.update(gain);
        reached ||= betting.logE >= LOG_20;
      }
      hits += Number(reached);
      ends += Math.min(betting.value, 20);
    }
    console.log(`seeds 1 to 600: ${hits} runs reached 20, mean of min(e, 20) ${(ends / 600).toFixed(2)}`);
    expect(hits / 600).toBeLessThanOrEqual(0.05);
    // The mean of a supermartingale never exceeds 1; 0.25 is three standard errors of the truncated mean here.
    if (correlation === 0) expect(ends / 600).toBeLessThan(1.25);
  });
});

/** Length and stake of the next group, from all earlier gains. */
function slowGroup(before: readonly number[]): readonly [length: number, stake: number] {
  for (const length of [1, 2, 4, 8]) {
    const count = Math.floor(before.length / length);
    const means = Array.from({ length: count }, (_, k) => {
      return before.slice(k * length, (k + 1) * length).reduce((sum, g) => sum + g, 0) / length;
    });
    const weight = 10 / length;
    const total = means.reduce((sum, g) => sum + g, 0) + weight * 0.05;
    const wanted =
      Math.max(total, 0) / (means.reduce((sum, g) => sum + g * g, 0) + weight * (0.4 ** 2 / length + 0.05 ** 2));
    const mean = means.reduce((sum, g) => sum + g, 0) / count;
    const variance = means.reduce((sum, g) => sum + g * g, 0) / count - mean ** 2;
    const product = means.slice(1).reduce((sum, g, k) => sum + g * means[k]!, 0) / (count - 1) - mean ** 2;
    if (length === 8 || count < 16 || wanted >= 1.8 || product <= 0.1 * variance)
      return [length, Math.min(wanted, 0.9)];
  }
  throw new Error("unreachable");
}
